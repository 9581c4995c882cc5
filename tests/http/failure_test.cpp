#include "http/failure.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <string>
#include <string_view>

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

TEST_CASE("a connection that failed tells what the system said, where libcurl does not") {
  const auto words = [](std::string_view of_libcurl, int system_error) {
    return http::failure_of(CURLE_COULDNT_CONNECT, false, of_libcurl, system_error).words();
  };
  const std::string code = curl_easy_strerror(CURLE_COULDNT_CONNECT);
  CHECK(words("cannot reach a port 1: " + code, ECONNREFUSED) ==
        "cannot reach a port 1: Connection refused");
  CHECK(words("cannot reach a port 1: " + code, 0) == "cannot reach a port 1: " + code);
  CHECK(words("it closed the door", ECONNREFUSED) == "it closed the door");
  CHECK(words("", ECONNREFUSED) == code);

  // One of several addresses may have refused before the time was over.
  const std::string too_late =
      std::string("cannot reach it: ") + curl_easy_strerror(CURLE_OPERATION_TIMEDOUT);
  CHECK(http::failure_of(CURLE_OPERATION_TIMEDOUT, false, too_late, ECONNREFUSED).words() ==
        too_late);
}

TEST_CASE("no words repeat the password of a URL") {
  const auto words = [](std::string_view said) {
    return http::failure_of(CURLE_COULDNT_RESOLVE_PROXY, false, said, 0).words();
  };
  CHECK(words("no proxy at http://me:secret@example.com") ==
        curl_easy_strerror(CURLE_COULDNT_RESOLVE_PROXY));
  CHECK(words("no proxy at http://example.com") == "no proxy at http://example.com");
}

TEST_SUITE_END();
