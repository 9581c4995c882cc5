#include "fetch/retry.hpp"

#include <curl/curl.h>
#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <vector>

TEST_SUITE_BEGIN("fetch");

using namespace std::chrono_literals;
using base::Kind;

namespace {

base::Failure status(int code) {
  return base::Failure(Kind::http_status, code, "");
}

fetch::FailedAttempt after(int attempts, base::Duration elapsed = {}) {
  fetch::FailedAttempt attempt;
  attempt.attempts = attempts;
  attempt.elapsed = elapsed;
  return attempt;
}

fetch::FailedAttempt told_to_wait(base::Duration wait, base::Duration elapsed = {}) {
  fetch::FailedAttempt attempt = after(1, elapsed);
  attempt.wait_of_host = wait;
  return attempt;
}

fetch::RetryOptions tries(int after_first, std::optional<base::Duration> max_time = {}) {
  fetch::RetryOptions options;
  options.tries_after_first = after_first;
  options.max_time = max_time;
  return options;
}

}  // namespace

TEST_CASE("what breaks on the way is tried again, what was answered for good is not") {
  struct Row {
    Kind kind;
    int code;
    bool is_worth_it;
  };
  for (const Row& row : std::vector<Row>{
           {Kind::http_status, 408, true},
           {Kind::http_status, 425, true},
           {Kind::http_status, 429, true},
           {Kind::http_status, 500, true},
           {Kind::http_status, 502, true},
           {Kind::http_status, 503, true},
           {Kind::http_status, 504, true},
           {Kind::http_status, 400, false},
           {Kind::http_status, 401, false},
           {Kind::http_status, 403, false},
           {Kind::http_status, 404, false},
           {Kind::http_status, 410, false},
           {Kind::http_status, 451, false},
           {Kind::http_status, 501, false},
           {Kind::http_status, 505, false},
           {Kind::connect, CURLE_COULDNT_CONNECT, true},
           {Kind::connect, CURLE_GOT_NOTHING, true},
           {Kind::resolve, CURLE_COULDNT_RESOLVE_HOST, true},
           {Kind::timeout, CURLE_OPERATION_TIMEDOUT, true},
           {Kind::timeout, 0, true},
           {Kind::truncated, CURLE_PARTIAL_FILE, true},
           {Kind::truncated, 0, true},
           {Kind::tls, CURLE_SSL_CONNECT_ERROR, true},
           {Kind::tls, CURLE_PEER_FAILED_VERIFICATION, false},
           {Kind::tls, CURLE_SSL_CACERT_BADFILE, false},
           {Kind::protocol, CURLE_HTTP2_STREAM, true},
           {Kind::protocol, CURLE_WEIRD_SERVER_REPLY, false},
           {Kind::protocol, 0, false},
           {Kind::too_large, 0, false},
           {Kind::redirect, 302, false},
           {Kind::not_wanted, 0, false},
           {Kind::checksum, 0, false},
           {Kind::name_conflict, 17, false},
           {Kind::disk, 28, false},
           {Kind::cancelled, 0, false},
           {Kind::denied, 0, false},
           {Kind::bad_url, 0, false},
           {Kind::scheme, 0, false},
       }) {
    CAPTURE(base::name(row.kind));
    CAPTURE(row.code);
    CHECK(fetch::is_worth_another_try(base::Failure(row.kind, row.code, "")) == row.is_worth_it);
  }
}

TEST_CASE("the ceiling of a wait doubles with each attempt, to a minute") {
  struct Row {
    int attempts;
    base::Duration ceiling;
  };
  for (const Row& row : std::vector<Row>{
           {1, 1s}, {2, 2s}, {3, 4s}, {6, 32s}, {7, 60s}, {50, 60s}, {1'000'000, 60s}}) {
    CAPTURE(row.attempts);
    const fetch::RetryOptions options = tries(2'000'000);
    CHECK(fetch::next_try(options, status(503), after(row.attempts), 0.0) == 0s);
    CHECK(fetch::next_try(options, status(503), after(row.attempts), 0.5) == row.ceiling / 2);
  }
}

TEST_CASE("there are so many tries after the first") {
  CHECK_FALSE(fetch::next_try(tries(0), status(503), after(1), 0.5));
  CHECK(fetch::next_try(tries(2), status(503), after(2), 0.5));
  CHECK_FALSE(fetch::next_try(tries(2), status(503), after(3), 0.5));
  CHECK_FALSE(fetch::next_try(tries(2), status(404), after(1), 0.5));
}

TEST_CASE("no try begins after the time for all of them") {
  CHECK(fetch::next_try(tries(9, 10s), status(503), after(1, 9s), 0.9));
  CHECK_FALSE(fetch::next_try(tries(9, 10s), status(503), after(2, 9s), 0.9));
  CHECK_FALSE(fetch::next_try(tries(9, 10s), status(503), after(1, 10s), 0.0));
  CHECK(fetch::next_try(tries(9, 10s), status(503), told_to_wait(5s, 4s), 0.0) == 5s);
  CHECK_FALSE(fetch::next_try(tries(9, 10s), status(503), told_to_wait(6s, 4s), 0.0));
}

TEST_CASE("a server is left alone for as long as it asks, or for good") {
  CHECK(fetch::next_try(tries(2), status(429), told_to_wait(0s), 0.9) == 0s);
  CHECK(fetch::next_try(tries(2), status(429), told_to_wait(7s), 0.9) == 7s);
  CHECK(fetch::next_try(tries(2), status(429), told_to_wait(5min), 0.9) == 5min);
  CHECK_FALSE(fetch::next_try(tries(2), status(429), told_to_wait(5min + 1s), 0.9));
}

TEST_SUITE_END();
