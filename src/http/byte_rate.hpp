#pragma once

#include <algorithm>
#include <chrono>

#include "base/units.hpp"

namespace http {

/// So many bytes per second, whatever the sizes in which they come: who has got more than that
/// waits until it is right again. Of the time in which nothing came a tenth of a second counts.
class ByteRate {
 public:
  static constexpr base::Duration most_saved_up = std::chrono::milliseconds(100);

  explicit ByteRate(base::Bytes per_second) : per_second_(static_cast<double>(per_second)) {}

  /// Notes bytes that came at `now`, and gives the time from which others may come.
  base::Time take(base::Bytes bytes, base::Time now) {
    const std::chrono::duration<double> worth(static_cast<double>(bytes) / per_second_);
    spent_until_ = std::max(spent_until_, now - most_saved_up) +
                   std::chrono::duration_cast<base::Duration>(worth);
    return std::max(spent_until_, now);
  }

 private:
  double per_second_;
  base::Time spent_until_{};
};

}  // namespace http
