#include "base/text.hpp"

#include <doctest/doctest.h>

#include <clocale>
#include <string>
#include <vector>

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

TEST_CASE("a text is cut to so many columns") {
  const std::string before = std::setlocale(LC_CTYPE, nullptr);
  REQUIRE(std::setlocale(LC_CTYPE, "C.UTF-8"));
  struct Row {
    std::string text;
    std::size_t columns, most;
    std::string without_end, without_beginning;
  };
  const std::vector<Row> rows = {
      {"", 0, 0, "", ""},
      {"abc", 3, 3, "abc", "abc"},
      {"abcdef", 6, 5, "ab...", "...ef"},
      {"abcdef", 6, 3, "...", "..."},
      {"abcdef", 6, 2, "..", ".."},
      {"\u6587\u6587\u6587", 6, 5, "\u6587...", "...\u6587"},
      {"\u6587\u6587\u6587", 6, 4, "...", "..."},
      {"a\u0301bcdef", 6, 4, "a\u0301...", "...f"},
      {"abcde\u0301f", 6, 4, "a...", "...f"},
      {"\U0001F600", 2, 2, "\U0001F600", "\U0001F600"},
      {"\uE0FF\U000E1234", 3, 3, "\uE0FF\U000E1234", "\uE0FF\U000E1234"},  // one is unknown
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK(base::columns(row.text) == row.columns);
    CHECK(base::cut(row.text, row.most) == row.without_end);
    CHECK(base::cut_beginning(row.text, row.most) == row.without_beginning);
  }
  std::setlocale(LC_CTYPE, before.c_str());
}

TEST_CASE("blanks are taken off both ends") {
  CHECK(base::trim(" \t a b \r\n") == "a b");
  CHECK(base::trim(" \t") == "");
}

TEST_CASE("what is counted is in the plural, but for one") {
  CHECK(base::counted(0, "line") == "0 lines");
  CHECK(base::counted(1, "line") == "1 line");
  CHECK(base::counted(2, "line") == "2 lines");
}

TEST_SUITE_END();
