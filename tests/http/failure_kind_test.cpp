#include "http/failure_kind.hpp"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("http");

TEST_CASE("every failure of libcurl has a kind") {
  CHECK(http::kind_of(CURLE_COULDNT_RESOLVE_HOST, false) == base::Kind::resolve);
  CHECK(http::kind_of(CURLE_COULDNT_CONNECT, false) == base::Kind::connect);
  CHECK(http::kind_of(CURLE_PEER_FAILED_VERIFICATION, false) == base::Kind::tls);
  CHECK(http::kind_of(CURLE_OPERATION_TIMEDOUT, false) == base::Kind::timeout);
  CHECK(http::kind_of(CURLE_PARTIAL_FILE, true) == base::Kind::truncated);
  CHECK(http::kind_of(CURLE_RECV_ERROR, false) == base::Kind::connect);
  CHECK(http::kind_of(CURLE_RECV_ERROR, true) == base::Kind::truncated);
  CHECK(http::kind_of(CURLE_WEIRD_SERVER_REPLY, false) == base::Kind::protocol);
}

TEST_SUITE_END();
