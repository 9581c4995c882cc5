#include "statistics/number.hpp"

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <string>

TEST_SUITE_BEGIN("statistics");

using statistics::parse_number;

namespace {

/// A text of up to 24 characters that are found in decimal numbers.
std::string random_text(std::mt19937_64& random) {
  constexpr std::string_view characters = "00123456789..eE+-";
  std::string text(random() % 25, ' ');
  for (char& c : text) c = characters[random() % characters.size()];
  return text;
}

/// What strtod makes of a text without letters other than e; nothing for what it does not take.
std::optional<double> by_strtod(const std::string& text) {
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || std::isinf(number)) return std::nullopt;
  return number;
}

std::string zeros(std::size_t count) {
  return std::string(count, '0');
}

}  // namespace

TEST_CASE("decimals are read as strtod reads them") {
  CHECK(parse_number("5") == 5.0);
  CHECK(parse_number("+5") == 5.0);
  CHECK(parse_number("-5") == -5.0);
  CHECK(parse_number(".5") == 0.5);
  CHECK(parse_number("5.") == 5.0);
  CHECK(parse_number("-1.5e+3") == -1500.0);
  CHECK(parse_number("1E-2") == 0.01);
  CHECK(parse_number("007") == 7.0);
  CHECK(parse_number("9007199254740993") == 9007199254740992.0);
  CHECK(std::signbit(parse_number("-0").value()));
}

TEST_CASE("what is no decimal number is nothing") {
  for (const char* text : {"",
                           "+",
                           "-",
                           ".",
                           "-.",
                           "e5",
                           ".e5",
                           "1e",
                           "1e+",
                           "--1",
                           "+-1",
                           "-+1",
                           "nan",
                           "NaN",
                           "inf",
                           "-inf",
                           "infinity",
                           "0x10",
                           "1_000",
                           "1,5",
                           "1 2",
                           " 1",
                           "1 ",
                           "1.2.3",
                           "1d5",
                           "1f",
                           "\xEF\xBB\xBF"
                           "1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_number(text));
  }
  CHECK_FALSE(parse_number(std::string_view("1\0", 2)));
}

TEST_CASE("what is too large for a double is nothing") {
  CHECK(parse_number("1.7976931348623157e308") == 1.7976931348623157e308);
  for (const char* text : {"1.7976931348623159e308", "1e309", "-1e400", "0.001e400",
                           "1e99999999999999999999", "100e999999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_number(text));
  }
  CHECK_FALSE(parse_number(std::string(400, '9')));
  CHECK_FALSE(parse_number(std::string(400, '9') + ".5e-9"));
}

TEST_CASE("what is too small for a double is 0 or denormal") {
  CHECK(parse_number("4.9e-324") == 0x1p-1074);
  CHECK(parse_number("2.5e-324") == 0x1p-1074);
  CHECK(parse_number("1e-400") == 0.0);
  CHECK(parse_number("-1e-400") == 0.0);
  CHECK(parse_number("1000e-400") == 0.0);
  CHECK(parse_number("0." + zeros(400) + "1") == 0.0);
  CHECK(parse_number("0." + zeros(400) + "1e9") == 0.0);
  CHECK(parse_number("1e-99999999999999999999") == 0.0);
  CHECK(parse_number("0e99999999999999999999") == 0.0);
}

TEST_CASE("a literal of a megabyte is read like any other") {
  CHECK(parse_number("0." + std::string(1'000'000, '3')) == 1.0 / 3);
  CHECK(parse_number(zeros(1'000'000) + "7") == 7.0);
  CHECK(parse_number("1" + zeros(1'000'000) + "e-1000000") == 1.0);
  CHECK(parse_number("0." + zeros(1'000'000) + "1e1000001") == 1.0);
  CHECK_FALSE(parse_number(std::string(1'000'000, '9')));
}

TEST_CASE("random texts are read as strtod reads them") {
  std::mt19937_64 random(1);
  int numbers = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::string text = random_text(random);
    const std::optional<double> truth = by_strtod(text);
    numbers += truth.has_value();
    if (parse_number(text) != truth) FAIL_CHECK(text);
  }
  CHECK(numbers > 10'000);
}

TEST_CASE("every double that is written in full is read back") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    const auto number = std::bit_cast<double>(random());
    if (!std::isfinite(number)) continue;
    std::array<char, 32> characters;
    char* const begin = characters.data();
    const char* const end = std::to_chars(begin, begin + characters.size(), number).ptr;
    const std::string text(std::string_view(begin, end));
    if (parse_number(text) != number) FAIL_CHECK(text);
  }
}

TEST_SUITE_END();
