#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace report {

struct PictureSize {
  std::uint32_t width = 0;  ///< in pixels, never 0
  std::uint32_t height = 0;

  bool operator==(const PictureSize&) const = default;
};

/// So many bytes of a file usually do; a JPEG may have its size behind a preview.
inline constexpr std::size_t picture_head = 64 * 1024;

/// The size that the beginning of a PNG, JPEG, GIF or WebP file tells. Nothing for other files, and
/// when it is cut too early or says what cannot be. Reads nothing outside `bytes`, whatever they
/// are.
std::optional<PictureSize> picture_size(std::string_view bytes);

}  // namespace report
