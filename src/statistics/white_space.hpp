#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace statistics {

/// Whether isspace() holds in the C locale: blank, tab, line feed, vertical tab, form feed, return.
inline bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/// The first white space in [at, end), or `end`. Looks at eight bytes at a time for one that is not
/// above a blank ("Determine if a word has a byte less than n": Anderson, Bit Twiddling Hacks).
inline const char* find_space(const char* at, const char* end) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  for (; end - at >= 8; at += 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, at, sizeof bytes);
    const std::uint64_t low = (bytes - ones * (' ' + 1)) & ~bytes & (ones << 7);
    if (low == 0) continue;
    if constexpr (std::endian::native == std::endian::little) at += std::countr_zero(low) / 8;
    if (is_space(*at)) return at;
    break;  // another control character, which is rare: byte by byte from here
  }
  return std::find_if(at, end, is_space);
}

}  // namespace statistics
