#include "http/url.hpp"

#include "base/text.hpp"
#include "http/url_parts.hpp"

namespace http {

/// Reads a URL as we take it. It is put together of its parts here: asking libcurl for the whole,
/// which writes it byte by byte, would be a twelfth of all the instructions of a small file.
class UrlParser : public UrlParts {
 public:
  CURLUcode set(const std::string& text) {
    // What another scheme is must be known to be refused as such; blanks and bytes beyond ASCII
    // are encoded. Without CURLU_GUESS_SCHEME: a line without a scheme is no URL.
    return UrlParts::set(text, CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE | CURLU_ALLOW_SPACE);
  }

  base::Result<Url> url() const {
    const std::string scheme = get(CURLUPART_SCHEME);
    if (!is_http())
      return base::Failure(base::Kind::scheme, 0,
                           "only http and https are fetched, not " + scheme + ":");
    const std::string host = get(CURLUPART_HOST);
    if (host.empty()) return not_a_url("it has no host");
    const std::string credentials = this->credentials();
    if (!credentials.empty() &&
        (has_control_characters(CURLUPART_USER) || has_control_characters(CURLUPART_PASSWORD)))
      return not_a_url("its user or password has control characters");
    const std::string given_port = get(CURLUPART_PORT);
    if (given_port == "0") return not_a_url("its port is 0");

    Url url;
    url.scheme_ = scheme;
    url.host_ = base::to_lower(host);
    url.path_ = get(CURLUPART_PATH);
    url.origin_ = scheme + "://" + url.host_ + ":";
    url.origin_ += given_port.empty() ? get(CURLUPART_PORT, CURLU_DEFAULT_PORT) : given_port;
    std::string rest = host_with_zone(host);
    if (!given_port.empty()) (rest += ":") += given_port;
    rest += url.path_;
    if (const std::string query = get(CURLUPART_QUERY); !query.empty()) (rest += "?") += query;
    url.shown_ = scheme + "://" + rest;
    url.text_ = credentials.empty() ? url.shown_ : scheme + "://" + credentials + "@" + rest;
    return url;
  }

  /// As they stand in the URL: "user:password".
  std::string credentials() const {
    std::string credentials = get(CURLUPART_USER);
    if (const std::string password = get(CURLUPART_PASSWORD); !password.empty())
      (credentials += ":") += password;
    return credentials;
  }

  std::string host_with_zone(const std::string& host) const {
    const std::string zone = host.front() == '[' ? get(CURLUPART_ZONEID) : "";
    if (zone.empty()) return host;
    return host.substr(0, host.size() - 1) + "%25" + zone + "]";
  }

  bool is_http() const {
    const std::string scheme = get(CURLUPART_SCHEME);
    return scheme == "http" || scheme == "https";
  }

  static base::Failure not_a_url(const std::string& reason) {
    return base::Failure(base::Kind::bad_url, 0, "not a URL: " + reason);
  }
};

base::Result<Url> Url::parse(const std::string& text) {
  UrlParser parser;
  if (text.find('\0') != std::string::npos) return UrlParser::not_a_url("it contains a NUL byte");
  const CURLUcode status = parser.set(text);
  const std::size_t scheme_end = text.find("://");
  if (status == CURLUE_BAD_SCHEME || scheme_end == std::string::npos)
    return UrlParser::not_a_url("it does not begin with http:// or https://");
  // libcurl forgives a third slash and takes what follows for the host.
  if (text.compare(scheme_end, 4, ":///") == 0 && status == CURLUE_OK && parser.is_http())
    return UrlParser::not_a_url("it has no host");
  if (status != CURLUE_OK) return UrlParser::not_a_url(curl_url_strerror(status));
  return parser.url();
}

base::Result<Url> Url::resolve(const std::string& reference) const {
  UrlParser parser;
  parser.set(text_);
  const CURLUcode status = parser.set(reference);
  if (status != CURLUE_OK) return UrlParser::not_a_url(curl_url_strerror(status));
  return parser.url();
}

Endpoint Url::endpoint() const {
  UrlParts parts;
  parts.set(text_, 0);
  return Endpoint{parts.get(CURLUPART_HOST, CURLU_PUNYCODE),
                  parts.get(CURLUPART_PORT, CURLU_DEFAULT_PORT)};
}

}  // namespace http
