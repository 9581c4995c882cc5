#include "base/text.hpp"

#include <doctest/doctest.h>

#include <clocale>
#include <string>

TEST_SUITE_BEGIN("base");

TEST_CASE("what a terminal would obey is shown as hexadecimal digits") {
  CHECK(base::printable("plain \xC3\xA9") == "plain \xC3\xA9");
  CHECK(base::printable("\x1b[31m\a\n") == "\\x1b[31m\\x07\\x0a");
  CHECK(base::printable("\x7f") == "\\x7f");
  CHECK(base::printable("\xC2\x9B") == "\\xc2\\x9b");
  CHECK(base::printable("\xE2\x80\xAE") == "\\xe2\\x80\\xae");
  CHECK(base::printable("\xFF\xC3") == "\\xff\\xc3");
}

TEST_CASE("only the shortest form of a character is one") {
  char32_t code_point = 0;
  CHECK(base::utf8_character("\xF0\x9F\x98\x80", code_point) == 4);
  CHECK(code_point == 0x1F600);
  CHECK(base::utf8_character("\xC0\xAF", code_point) == 0);          // overlong
  CHECK(base::utf8_character("\xE0\x80\xAF", code_point) == 0);      // overlong
  CHECK(base::utf8_character("\xED\xA0\x80", code_point) == 0);      // surrogate
  CHECK(base::utf8_character("\xF4\x90\x80\x80", code_point) == 0);  // beyond U+10FFFF
  CHECK(base::utf8_character("\xC3", code_point) == 0);              // cut
  CHECK(base::utf8_character("", code_point) == 0);
}

TEST_CASE("texts that differ only in case have the same characters when folded") {
  CHECK(base::fold_case("Abc-1.JPG") == U"abc-1.jpg");
  CHECK(base::fold_case("a\xFF") == U"a\uFFFD");
  const std::string before = std::setlocale(LC_CTYPE, nullptr);
  REQUIRE(std::setlocale(LC_CTYPE, "C.UTF-8"));
  CHECK(base::fold_case("\u00C4\u0416") == U"\u00E4\u0436");
  std::setlocale(LC_CTYPE, before.c_str());
}

TEST_CASE("blanks are taken off both ends") {
  CHECK(base::trim(" \t a b \r\n") == "a b");
  CHECK(base::trim(" \t") == "");
}

TEST_SUITE_END();
