#include "http/byte_rate.hpp"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("http");

using namespace std::chrono_literals;

TEST_CASE("bytes that come too early are made up for by waiting, those that come late are not") {
  struct Row {
    base::Duration at;
    base::Bytes bytes;
    base::Duration next;
  };
  http::ByteRate rate(1000);
  const base::Time begin = base::Time() + 1h;
  for (const Row row : {
           Row{0s, 100, 0s},          // a tenth of a second was saved up
           Row{0s, 500, 500ms},       // half a second's worth
           Row{500ms, 1, 501ms},      // at the time that was given
           Row{501ms, 4000, 4501ms},  // many at once
           Row{2s, 1000, 5501ms},     // before their time
           Row{5501ms, 0, 5501ms},    // nothing costs nothing
           Row{60s, 1100, 61s},       // a pause saves up no more than at the beginning
       }) {
    CAPTURE(row.at.count());
    CHECK(rate.take(row.bytes, begin + row.at) == begin + row.next);
  }
}

TEST_CASE("whoever waits as long as told gets as many bytes as the rate says") {
  for (const base::Bytes per_second : {base::Bytes{1}, base::Bytes{30'000}, base::MiB << 10}) {
    http::ByteRate rate(per_second);
    const base::Time begin = base::Time() + 1h;
    base::Time now = begin;
    base::Bytes came = 0;
    for (int i = 0; i < 1000; ++i) {
      came += 2 * per_second;
      now = rate.take(2 * per_second, now);
    }
    const std::chrono::duration<double> took = now - begin + http::ByteRate::most_saved_up;
    CHECK(static_cast<double>(came) / took.count() ==
          doctest::Approx(static_cast<double>(per_second)).epsilon(0.001));
  }
}

TEST_SUITE_END();
