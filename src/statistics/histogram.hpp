#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

#include "statistics/buckets.hpp"
#include "statistics/range.hpp"

namespace statistics {

/// Quantiles of a stream of finite doubles, each within `largest_error` of its own size, whatever
/// the distribution (the promise of DDSketch: Masson, Rim, Lee 2019, PVLDB 12(12)).
///
/// Memory is bounded by the doubles, not by the stream: 8 KiB for every eight powers of two that
/// occur, 4.2 MiB if all do. Adding is O(1).
class Histogram {
 public:
  /// The largest |told - true| / |true| of a quantile; denormal numbers and 0 included.
  static constexpr double largest_error = 1.0 / 128;

  /// Adds a finite number.
  void add(double number) {
    (number < 0 ? negative_ : positive_).add(std::abs(number));
    range_.include(number);
  }

  /// Becomes exactly what it would be had it been sent the other's numbers too.
  void merge(const Histogram& other);

  std::uint64_t count() const { return negative_.count() + positive_.count(); }

  /// The `p`-quantile by nearest rank: the smallest of the numbers that at least p * count() of
  /// them do not exceed.
  /// Never outside the numbers' range; exactly their smallest for p <= 0 and their largest for
  /// p >= 1. Nothing for no numbers. Takes a millisecond at most.
  std::optional<double> quantile(double p) const;

  /// The one in the middle, or the mean of the two there, as Python's `statistics.median` has it;
  /// each of the two within largest_error of its own size. Nothing for no numbers.
  std::optional<double> median() const;

  /// How many of the numbers are below a finite `number`; those within largest_error of it may
  /// count as equal to it. For the bars of a chart: it grows with `number`.
  std::uint64_t count_below(double number) const;

  /// From the smallest to the largest number, both exact.
  const Range& range() const { return range_; }

 private:
  double number_at(std::uint64_t rank) const;
  double number_within_range_at(std::uint64_t rank) const;

  Buckets negative_;  // by their size
  Buckets positive_;  // and zeros
  Range range_;
};

}  // namespace statistics
