#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace base {

/// `text`, fit for a terminal: control characters (below 0x20, DEL, C1), bidirectional overrides
/// and bytes that are no UTF-8 are written as \xNN.
std::string printable(std::string_view text);

/// Appends `text` as a JSON string: valid UTF-8, with control characters and bidirectional
/// overrides escaped; bytes that are no UTF-8 become U+FFFD.
void append_json(std::string& json, std::string_view text);

/// The length in bytes of the well-formed UTF-8 character that `text` begins with, and its code
/// point in `code_point`; 0 when `text` does not begin with one. RFC 3629, section 4.
std::size_t utf8_character(std::string_view text, char32_t& code_point);

/// C0, DEL and C1 control characters.
bool is_control(char32_t code_point);

/// Marks that change the direction of the text around them: U+061C, U+200E to U+200F, U+202A to
/// U+202E, U+2066 to U+2069.
bool is_bidi_control(char32_t code_point);

/// The columns that `text` takes in a terminal: wide characters take two, combining ones none. What
/// the system does not know counts as wide. In the C locale that is all beyond ASCII.
std::size_t columns(std::string_view text);

/// As much of the beginning of `text` as fits into so many columns, with "..." for what does not.
std::string cut(std::string_view text, std::size_t most_columns);

/// The same for the end of `text`.
std::string cut_beginning(std::string_view text, std::size_t most_columns);

/// ASCII only, whatever the locale.
std::string to_lower(std::string_view text);

/// What two texts have in common that differ only in case: the characters, each in lower case as
/// the locale has it (in the C locale ASCII only). A byte that is no UTF-8 is U+FFFD.
std::u32string fold_case(std::string_view text);

std::string_view trim(std::string_view text);

/// "line" for one, "lines" for any other count.
std::string plural(std::string_view noun, std::uint64_t count);

/// "1 line", "2 lines".
std::string counted(std::uint64_t count, std::string_view noun);

/// A number of decimal digits and nothing else; nothing also when it does not fit.
std::optional<std::uint64_t> parse_unsigned(std::string_view text);

}  // namespace base
