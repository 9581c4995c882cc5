#pragma once

#include <algorithm>
#include <limits>

namespace statistics {

/// The smallest and the largest of some numbers; of none, the empty interval from inf to -inf.
class Range {
 public:
  void include(double number) {
    min_ = std::min(min_, number);
    max_ = std::max(max_, number);
  }

  void merge(const Range& other) {
    min_ = std::min(min_, other.min_);
    max_ = std::max(max_, other.max_);
  }

  double min() const { return min_; }
  double max() const { return max_; }

  /// The nearest to `number` that lies inside. The range must not be empty.
  double clamp(double number) const { return std::clamp(number, min_, max_); }

 private:
  double min_ = std::numeric_limits<double>::infinity();
  double max_ = -std::numeric_limits<double>::infinity();
};

}  // namespace statistics
