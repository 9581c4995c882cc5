#pragma once

#include <optional>
#include <string>

namespace http {

/// Where a connection leads.
struct Endpoint {
  std::string host;  ///< as it is looked up: in ASCII, an IPv6 address in brackets
  std::string port;

  std::string text() const { return host + ":" + port; }
};

/// False for addresses and for localhost, which libcurl knows by itself.
bool needs_look_up(const std::string& host);

/// Whether `url` names a proxy of a kind that libcurl knows. Without a scheme it is one of HTTP.
bool is_proxy(const std::string& url);

/// The proxy that requests of `scheme` go through, unless no_proxy says otherwise: `proxy` when it
/// is given ("" for none), otherwise what the environment says, as libcurl reads it. Nothing also
/// for a proxy that cannot be read.
std::optional<Endpoint> proxy_for(const std::string& scheme,
                                  const std::optional<std::string>& proxy);

}  // namespace http
