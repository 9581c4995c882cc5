#include "report/picture_size.hpp"

#include <cstddef>

namespace report {
namespace {

using namespace std::string_view_literals;

/// Numbers at a place in bytes that may be cut: it remembers when something lay past their end.
class Numbers {
 public:
  explicit Numbers(std::string_view bytes) : bytes_(bytes) {}

  std::uint32_t byte(std::size_t at) {
    was_cut_ = was_cut_ || at >= bytes_.size();
    return was_cut_ ? 0 : static_cast<unsigned char>(bytes_[at]);
  }

  std::uint32_t big_endian(std::size_t at, std::size_t length) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < length; ++i) number = number << 8U | byte(at + i);
    return number;
  }

  std::uint32_t little_endian(std::size_t at, std::size_t length) {
    std::uint32_t number = 0;
    for (std::size_t i = length; i-- > 0;) number = number << 8U | byte(at + i);
    return number;
  }

  bool has(std::size_t at, std::string_view text) const {
    return at <= bytes_.size() && bytes_.substr(at).starts_with(text);
  }

  std::size_t size() const { return bytes_.size(); }
  bool was_cut() const { return was_cut_; }

 private:
  std::string_view bytes_;
  bool was_cut_ = false;
};

// PNG, third edition, 11.2.1: IHDR comes first.
PictureSize size_of_png(Numbers& file) {
  if (!file.has(12, "IHDR")) return {};
  return {file.big_endian(16, 4), file.big_endian(20, 4)};
}

// GIF89a, 18: the logical screen.
PictureSize size_of_gif(Numbers& file) {
  return {file.little_endian(6, 2), file.little_endian(8, 2)};
}

/// ITU T.81, B.2.2: a frame header; C4, C8 and CC are other markers.
bool begins_a_frame(std::uint32_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/// Markers without a segment: TEM, RST0 to RST7 and SOI.
bool stands_alone(std::uint32_t marker) {
  return marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
}

PictureSize size_of_jpeg(Numbers& file) {
  constexpr std::uint32_t end_of_image = 0xD9, start_of_scan = 0xDA, shortest_segment = 2;
  std::size_t at = 2;
  while (at + 1 < file.size()) {
    if (file.byte(at) != 0xFF) return {};
    const std::uint32_t marker = file.byte(at + 1);
    if (marker == 0xFF) {  // fill bytes
      ++at;
      continue;
    }
    at += 2;
    if (stands_alone(marker)) continue;
    if (begins_a_frame(marker)) return {file.big_endian(at + 5, 2), file.big_endian(at + 3, 2)};
    const std::uint32_t length = file.big_endian(at, 2);
    if (marker == end_of_image || marker == start_of_scan || length < shortest_segment) return {};
    at += length;
  }
  return {};
}

// RFC 9649, 2.5 to 2.7; RFC 6386, 9.1.
PictureSize size_of_webp(Numbers& file) {
  constexpr std::uint32_t fourteen_bits = 0x3FFF;
  if (file.has(12, "VP8X")) return {file.little_endian(24, 3) + 1, file.little_endian(27, 3) + 1};
  if (file.has(12, "VP8L") && file.byte(20) == 0x2F) {
    const std::uint32_t bits = file.little_endian(21, 4);
    return {(bits & fourteen_bits) + 1, (bits >> 14U & fourteen_bits) + 1};
  }
  if (file.has(12, "VP8 ") && file.has(23, "\x9D\x01\x2A"))
    return {file.little_endian(26, 2) & fourteen_bits, file.little_endian(28, 2) & fourteen_bits};
  return {};
}

PictureSize told_by(Numbers& file) {
  if (file.has(0, "\x89PNG\r\n\x1A\n")) return size_of_png(file);
  if (file.has(0, "GIF87a") || file.has(0, "GIF89a")) return size_of_gif(file);
  if (file.has(0, "\xFF\xD8")) return size_of_jpeg(file);
  if (file.has(0, "RIFF") && file.has(8, "WEBP")) return size_of_webp(file);
  return {};
}

}  // namespace

std::optional<PictureSize> picture_size(std::string_view bytes) {
  Numbers file(bytes);
  const PictureSize size = told_by(file);
  // PNG, 11.2.1: no side is longer than this.
  constexpr std::uint32_t longest = 0x7FFFFFFF;
  const bool can_be =
      size.width > 0 && size.height > 0 && size.width <= longest && size.height <= longest;
  if (!can_be || file.was_cut()) return std::nullopt;
  return size;
}

}  // namespace report
