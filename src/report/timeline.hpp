#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "base/units.hpp"

namespace report {

/// The end of one line's transfer.
struct Arrival {
  base::SystemTime ended_at{};
  std::chrono::microseconds total{};  ///< that it took in all
  std::chrono::microseconds body{};   ///< the last part of that, in which its bytes came
  base::Bytes bytes = 0;
  bool has_failed = false;
};

/// A time in which something was always under way, but for pauses of less than ten seconds.
struct Session {
  base::SystemTime began_at{};
  base::SystemTime ended_at{};
};

/// An equal part of the time that was worked.
struct Column {
  std::uint64_t saved = 0;
  std::uint64_t failed = 0;
  double bytes = 0;  ///< those of a body are spread evenly over the time in which it came
};

/// What happened when, without the time between the sessions.
struct Timeline {
  std::vector<Session> sessions;
  base::Duration worked{};  ///< the length of all sessions
  std::vector<Column> columns;
};

/// In any order.
Timeline timeline_of(const std::vector<Arrival>& arrivals);

}  // namespace report
