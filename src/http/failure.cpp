#include "http/failure.hpp"

#include <fmt/format.h>

#include <string>
#include <system_error>

#include "http/look_up.hpp"

namespace http {
namespace {

// A header line over 100 KB: CURLE_TOO_LARGE, which 7.88 does not have and calls out of memory.
bool is_too_large(CURLcode code) {
  constexpr int too_large = 100;
  return code == CURLE_OUT_OF_MEMORY || code == too_large;
}

std::string words_of(CURLcode code, std::string_view words, int system_error) {
  const std::string_view name_of_code = curl_easy_strerror(code);
  // Words about a proxy may repeat its URL, with the password in it.
  const bool may_hold_password =
      words.find("://") != std::string_view::npos && words.find('@') != std::string_view::npos;
  if (words.empty() || may_hold_password) return std::string(name_of_code);
  // Where libcurl only says once more that it could not, the system has said why.
  const bool has_reason = code == CURLE_COULDNT_CONNECT && system_error != 0;
  if (!has_reason || !words.ends_with(name_of_code)) return std::string(words);
  words.remove_suffix(name_of_code.size());
  return fmt::format("{}{}", words, std::generic_category().message(system_error));
}

}  // namespace

base::Kind kind_of(CURLcode code, bool has_head) {
  if (is_too_large(code)) return base::Kind::too_large;
  switch (code) {
    case CURLE_URL_MALFORMAT:
      return base::Kind::bad_url;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return base::Kind::resolve;
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
    case CURLE_GOT_NOTHING:
      return base::Kind::connect;
    case CURLE_OPERATION_TIMEDOUT:
      return base::Kind::timeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_ENGINE_INITFAILED:
      return base::Kind::tls;
    case CURLE_PARTIAL_FILE:
      return base::Kind::truncated;
    case CURLE_SEND_ERROR:  // also what libcurl makes of an error that epoll reports
    case CURLE_RECV_ERROR:
      return has_head ? base::Kind::truncated : base::Kind::connect;
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return has_head ? base::Kind::truncated : base::Kind::protocol;
    default:
      return base::Kind::protocol;
  }
}

base::Failure failure_of(CURLcode code, bool has_head, std::string_view words, int system_error) {
  return base::Failure(kind_of(code, has_head), code,
                       is_too_large(code) ? "the response has a header line of more than 100 KB"
                                          : words_of(code, words, system_error));
}

bool is_transient(const base::Failure& failure) {
  const int code = failure.code();
  switch (failure.kind()) {
    case base::Kind::resolve:
      return !is_without_address(failure);
    case base::Kind::connect:
    case base::Kind::timeout:
    case base::Kind::truncated:
      return true;
    case base::Kind::protocol:
      return code == CURLE_HTTP2 || code == CURLE_HTTP2_STREAM;
    case base::Kind::tls:
      return code == CURLE_SSL_CONNECT_ERROR;  // the handshake broke off; no verdict was given
    default:
      return false;
  }
}

}  // namespace http
