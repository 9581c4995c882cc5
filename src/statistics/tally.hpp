#pragma once

#include "statistics/answer.hpp"
#include "statistics/histogram.hpp"
#include "statistics/moments.hpp"

namespace statistics {

/// All that is kept of a stream of finite numbers to answer any signal. Memory is Histogram's.
class Tally {
 public:
  /// Adds a number. One that is not finite is a std::invalid_argument and leaves all as it was.
  void add(double number) {
    moments_.add(number);
    histogram_.add(number);
  }

  /// Becomes what it would be had it been sent the other's numbers too, but for rounding.
  void merge(const Tally& other) {
    moments_.merge(other.moments_);
    histogram_.merge(other.histogram_);
  }

  /// The answer to a signal other than `all`.
  Answer answer(Signal signal) const;

  Summary summary() const;

 private:
  Value value(Signal signal) const;

  Moments moments_;
  Histogram histogram_;
};

}  // namespace statistics
