#include "http/connect_times.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <string>

TEST_SUITE_BEGIN("http");

using namespace std::chrono_literals;

TEST_CASE("a connection is overlooked that takes four times the best of its address") {
  http::ConnectTimes times;
  CHECK_FALSE(times.is_overlooked("near 80", 1h));  // never reached: it may be far
  times.note("near 80", 10ms);
  times.note("near 80", 50ms);
  CHECK_FALSE(times.is_overlooked("near 80", 39ms));
  CHECK(times.is_overlooked("near 80", 40ms));
  CHECK_FALSE(times.is_overlooked("near 81", 1h));
  times.note("near 80", 5ms);
  CHECK(times.is_overlooked("near 80", 20ms));
}

TEST_CASE("patience grows, is spread, and ends before the system's own comes to anything") {
  http::ConnectTimes times;
  base::Duration least = 100ms;
  for (int asked = 0; asked < 4; ++asked, least *= 2) {
    std::set<base::Duration> spread;
    for (int i = 0; i < 100; ++i) {
      const auto patience = times.patience(asked);
      REQUIRE(patience);
      CHECK(*patience >= least);
      CHECK(*patience < 2 * least);
      spread.insert(*patience);
    }
    CHECK(spread.size() >= 10);
  }
  CHECK_FALSE(times.patience(4));
}

TEST_CASE("the times of some thousand addresses are remembered, and no more") {
  http::ConnectTimes times;
  const auto known = [&](int n) { return times.is_overlooked(std::to_string(n), 1h); };
  const auto count_known = [&](int all) {
    int count = 0;
    for (int n = 0; n < all; ++n) count += known(n) ? 1 : 0;
    return count;
  };
  for (int n = 0; n < 100'000; ++n) {
    times.note(std::to_string(n), 1ms);
    CHECK(known(n));
  }
  CHECK(count_known(100'000) <= 5000);
}

TEST_SUITE_END();
