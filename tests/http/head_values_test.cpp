#include "http/head_values.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("http");

using namespace std::chrono_literals;

TEST_CASE("a wait is a number of seconds or a date") {
  // 1994-11-06 08:49:37 UTC, the date of RFC 9110's examples.
  const base::SystemTime then = std::chrono::system_clock::from_time_t(784111777);
  struct Row {
    std::string value;
    base::SystemTime now;
    std::optional<std::chrono::seconds> wait;
  };
  for (const Row& row : std::vector<Row>{
           {"0", then, 0s},
           {"120", then, 120s},
           {"Sun, 06 Nov 1994 08:49:37 GMT", then - 3s, 3s},
           {"Sun, 06 Nov 1994 08:49:37 GMT", then - 2500ms, 3s},
           {"Sunday, 06-Nov-94 08:49:37 GMT", then - 3s, 3s},
           {"Sun Nov  6 08:49:37 1994", then - 3s, 3s},
           {"Sun, 06 Nov 1994 08:49:37 GMT", then, 0s},
           {"Sun, 06 Nov 1994 08:49:37 GMT", then + 24h, 0s},
           {"Fri, 31 Dec 9999 23:59:59 GMT", then, std::chrono::years(30)},
           {"100000000000000000000", then, std::chrono::years(30)},
           {"99999999999", then, std::chrono::years(30)},
           {"", then, std::nullopt},
           {"-5", then, std::nullopt},
           {"5.5", then, std::nullopt},
           {"soon", then, std::nullopt},
       }) {
    CAPTURE(row.value);
    CHECK(http::parse_retry_after(row.value, row.now) == row.wait);
  }
}

TEST_CASE("a part of a file has its first and last byte, and perhaps the file's length") {
  const auto part = http::parse_content_range("bytes 500-999/1234");
  REQUIRE(part);
  CHECK(part->first == 500);
  CHECK(part->last == 999);
  CHECK(part->length == 1234);
  const auto unknown = http::parse_content_range("Bytes 0-0/*");
  REQUIRE(unknown);
  CHECK(unknown->last == 0);
  CHECK_FALSE(unknown->length);
}

TEST_CASE("what is no part of a file is none") {
  for (const std::string& value : std::vector<std::string>{
           "", "bytes", "bytes */1234", "bytes 5-4/10", "bytes 0-10/10", "bytes 0-9/",
           "bytes -9/10", "bytes 0-/10", "bytes 0-9", "bytes=0-9/10", "items 0-9/10",
           "bytes 0-9/10 ", "bytes 0x0-9/10", "bytes 0-18446744073709551616/*", "bytes +0-9/10"}) {
    CAPTURE(value);
    CHECK_FALSE(http::parse_content_range(value));
  }
}

TEST_SUITE_END();
