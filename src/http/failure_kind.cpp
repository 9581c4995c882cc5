#include "http/failure_kind.hpp"

#include "http/look_up.hpp"

namespace http {

base::Kind kind_of(CURLcode code, bool has_head) {
  // A header line over 100 KB: CURLE_TOO_LARGE, which 7.88 does not have and calls out of memory.
  constexpr int too_large = 100;
  if (code == CURLE_OUT_OF_MEMORY || code == too_large) return base::Kind::too_large;
  switch (code) {
    case CURLE_URL_MALFORMAT:
      return base::Kind::bad_url;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return base::Kind::resolve;
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
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
    case CURLE_GOT_NOTHING:
      return base::Kind::connect;
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
