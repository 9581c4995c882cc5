#pragma once

#include <optional>
#include <string_view>

namespace statistics {

/// The double that is nearest to a decimal number, as strtod reads one in the C locale: an optional
/// sign, digits with at most one point among or beside them, an optional exponent. What is too
/// small for a double is 0 or a denormal number. Nothing for what is too large, and for any other
/// text: nan, inf, hexadecimal, separators, anything before or after the number.
/// O(n), also for a literal of a megabyte.
std::optional<double> parse_number(std::string_view text);

}  // namespace statistics
