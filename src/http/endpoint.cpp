#include "http/endpoint.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstdlib>

#include "http/url_parts.hpp"

namespace http {
namespace {

std::string from_environment(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

std::string proxy_in_environment(const std::string& scheme) {
  // HTTP_PROXY in capitals could be a header of a request to a CGI program.
  std::string proxy = from_environment(scheme == "https" ? "https_proxy" : "http_proxy");
  if (proxy.empty() && scheme == "https") proxy = from_environment("HTTPS_PROXY");
  if (proxy.empty()) proxy = from_environment("all_proxy");
  if (proxy.empty()) proxy = from_environment("ALL_PROXY");
  return proxy;
}

/// Parsed as libcurl parses a proxy.
CURLUcode set_proxy(UrlParts& parts, const std::string& url) {
  return parts.set(url, CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME);
}

}  // namespace

bool is_proxy(const std::string& url) {
  UrlParts parts;
  if (set_proxy(parts, url) != CURLUE_OK) return false;
  const std::string scheme = parts.get(CURLUPART_SCHEME);
  return scheme == "http" || scheme == "https" || scheme == "socks4" || scheme == "socks4a" ||
         scheme == "socks5" || scheme == "socks5h";
}

bool needs_look_up(const std::string& host) {
  in_addr address = {};
  const bool is_address = host.starts_with('[') || inet_pton(AF_INET, host.c_str(), &address) == 1;
  return !is_address && host != "localhost" && !host.ends_with(".localhost");
}

std::optional<Endpoint> proxy_for(const std::string& scheme,
                                  const std::optional<std::string>& proxy) {
  const std::string url = proxy ? *proxy : proxy_in_environment(scheme);
  UrlParts parts;
  if (url.empty() || set_proxy(parts, url) != CURLUE_OK) return std::nullopt;
  Endpoint endpoint{parts.get(CURLUPART_HOST, CURLU_PUNYCODE), parts.get(CURLUPART_PORT)};
  const bool is_https = parts.get(CURLUPART_SCHEME) == "https";
  if (endpoint.port.empty()) endpoint.port = is_https ? "443" : "1080";  // libcurl's defaults
  return endpoint;
}

}  // namespace http
