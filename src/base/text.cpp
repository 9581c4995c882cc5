#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cwchar>
#include <cwctype>
#include <iterator>

namespace base {
namespace {

/// Moves the beginning of `from` that needs no escape anywhere to the end of `to`. Of most texts
/// that is all, copied at once.
void take_plain(std::string_view& from, std::string& to) {
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; };
  const auto* const end = std::find_if_not(from.begin(), from.end(), is_plain);
  const auto length = static_cast<std::size_t>(end - from.begin());
  to += from.substr(0, length);
  from.remove_prefix(length);
}

constexpr std::string_view rest_mark = "...";

/// Takes the first character off `text`, or a byte that begins none; gives its columns.
std::size_t take_columns(std::string_view& text) {
  constexpr int unknown = 2;
  char32_t code_point = 0;
  const std::size_t length = utf8_character(text, code_point);
  text.remove_prefix(std::max<std::size_t>(length, 1));
  const int width = length == 0 ? unknown : wcwidth(static_cast<wchar_t>(code_point));
  return static_cast<std::size_t>(width < 0 ? unknown : width);
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  for (take_plain(text, shown); !text.empty(); take_plain(text, shown)) {
    char32_t code_point = 0;
    std::size_t length = utf8_character(text, code_point);
    if (length > 0 && !is_control(code_point) && !is_bidi_control(code_point)) {
      shown.append(text.substr(0, length));
    } else {
      length = std::max<std::size_t>(length, 1);
      for (const char byte : text.substr(0, length))
        fmt::format_to(std::back_inserter(shown), "\\x{:02x}", static_cast<unsigned char>(byte));
    }
    text.remove_prefix(length);
  }
  return shown;
}

void append_json(std::string& json, std::string_view text) {
  json += '"';
  for (take_plain(text, json); !text.empty(); take_plain(text, json)) {
    char32_t code_point = 0;
    const std::size_t length = utf8_character(text, code_point);
    if (length == 0)
      json += "\xEF\xBF\xBD";
    else if (code_point == '"' || code_point == '\\')
      (json += '\\') += text.front();
    else if (is_control(code_point) || is_bidi_control(code_point))
      fmt::format_to(std::back_inserter(json), "\\u{:04x}", static_cast<unsigned>(code_point));
    else
      json += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  json += '"';
}

std::size_t utf8_character(std::string_view text, char32_t& code_point) {
  if (text.empty()) return 0;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  const std::size_t length = first < 0x80    ? 1
                             : first < 0xC2  ? 0
                             : first < 0xE0  ? 2
                             : first < 0xF0  ? 3
                             : first <= 0xF4 ? 4
                                             : 0;
  if (length == 0 || length > text.size()) return 0;
  code_point = length == 1 ? first : first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
    code_point = (code_point << 6U) | (byte(i) & 0x3FU);
  }
  const bool is_overlong =
      (length == 3 && code_point < 0x800) || (length == 4 && code_point < 0x10000);
  const bool is_surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  return is_overlong || is_surrogate || code_point > 0x10FFFF ? 0 : length;
}

bool is_control(char32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0);
}

bool is_bidi_control(char32_t code_point) {
  return code_point == 0x061C || code_point == 0x200E || code_point == 0x200F ||
         (code_point >= 0x202A && code_point <= 0x202E) ||
         (code_point >= 0x2066 && code_point <= 0x2069);
}

std::size_t columns(std::string_view text) {
  std::size_t sum = 0;
  while (!text.empty()) sum += take_columns(text);
  return sum;
}

std::string cut(std::string_view text, std::size_t most_columns) {
  const std::string_view mark = rest_mark.substr(0, most_columns);
  std::size_t column = 0;
  std::size_t fits = 0;  // bytes, with room for the mark
  for (std::string_view rest = text; !rest.empty();) {
    column += take_columns(rest);
    if (column > most_columns) return std::string(text.substr(0, fits)).append(mark);
    if (column + mark.size() <= most_columns) fits = text.size() - rest.size();
  }
  return std::string(text);
}

std::string cut_beginning(std::string_view text, std::size_t most_columns) {
  std::size_t column = columns(text);
  if (column <= most_columns) return std::string(text);
  const std::string_view mark = rest_mark.substr(0, most_columns);
  while (!text.empty()) {
    const bool fits = column + mark.size() <= most_columns;
    std::string_view rest = text;
    const std::size_t width = take_columns(rest);
    if (fits && width > 0) break;  // what combines does not stand alone
    column -= width;
    text = rest;
  }
  return std::string(mark).append(text);
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

std::u32string fold_case(std::string_view text) {
  std::u32string folded;
  while (!text.empty()) {
    char32_t code_point = 0;
    const std::size_t length = utf8_character(text, code_point);
    if (length == 0) code_point = U'\uFFFD';
    folded += static_cast<char32_t>(std::towlower(static_cast<std::wint_t>(code_point)));
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return folded;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::string plural(std::string_view noun, std::uint64_t count) {
  return fmt::format("{}{}", noun, count == 1 ? "" : "s");
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}", count, plural(noun, count));
}

std::optional<std::uint64_t> parse_unsigned(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace base
