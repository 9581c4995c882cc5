#pragma once

#include <string>

#include "base/result.hpp"
#include "http/endpoint.hpp"

namespace http {

/// An absolute http or https URL, read by libcurl's own parser, so that what we check and what is
/// connected to cannot differ. Spaces and bytes beyond ASCII come out percent-encoded.
class Url {
 public:
  /// Kinds: `scheme` for a URL of another scheme, `bad_url` for what is no URL at all, also when
  /// the scheme or the host is missing, or the port is 0.
  static base::Result<Url> parse(const std::string& text);

  /// Where a redirect from here to `reference` (absolute or relative) leads, RFC 3986, 5.2.
  base::Result<Url> resolve(const std::string& reference) const;

  /// All of it, with user and password if it has them: only to be handed to libcurl.
  const std::string& text() const { return text_; }

  bool is_https() const { return origin_.starts_with("https:"); }
  bool has_credentials() const { return text_ != shown_; }

  /// Without user and password and fragment: for records, messages and names.
  const std::string& shown() const { return shown_; }

  const std::string& scheme() const { return scheme_; }
  const std::string& host() const { return host_; }

  /// Where it leads without a proxy.
  Endpoint endpoint() const;

  /// Percent-encoded as in the URL; at least "/".
  const std::string& path() const { return path_; }

  /// Scheme, host and port. Credentials and headers given for one origin stay there.
  const std::string& origin() const { return origin_; }

 private:
  Url() = default;

  std::string text_;
  std::string shown_;
  std::string scheme_;
  std::string host_;
  std::string path_;
  std::string origin_;

  friend class UrlParser;
};

}  // namespace http
