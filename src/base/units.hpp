#pragma once

#include <chrono>
#include <cstdint>

namespace base {

/// A size or an amount of data.
using Bytes = std::uint64_t;

inline constexpr Bytes KiB = 1024;
inline constexpr Bytes MiB = 1024 * KiB;

/// Durations are kept in nanoseconds; an instant that is compared is monotonic (`Time`), one that
/// is shown or exchanged with a server is the wall clock's (`SystemTime`).
using Duration = std::chrono::nanoseconds;
using Time = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using SystemTime = std::chrono::system_clock::time_point;

constexpr double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace base
