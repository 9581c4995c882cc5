#pragma once

#include <cmath>
#include <cstdint>
#include <optional>

#include "statistics/compensated_sum.hpp"

namespace statistics {

/// Count, sum, mean and variance of a stream of finite doubles. O(1) memory; adding is O(1).
///
/// The squares are summed around a running mean, so that nothing cancels: Welford 1962,
/// Technometrics 4(3), as in Knuth, TAOCP 2, 4.2.2. Two parts merge as Chan, Golub and LeVeque 1979
/// (Stanford STAN-CS-79-773) have it. The mean that is told is the compensated sum over the count.
///
/// Numbers are kept times a power of two that suits their size, so that no difference, square or
/// partial sum overflows or underflows: a mean is right for numbers near the largest double, and a
/// standard deviation for numbers whose squares are no doubles.
class Moments {
 public:
  /// Adds a number. One that is not finite is a std::invalid_argument and leaves all as it was.
  void add(double number) {
    if (!(std::abs(number) <= largest_)) make_room_for(number);
    const double scaled = number * scale_;
    ++count_;
    sum_.add(scaled);
    const double from_old_centre = scaled - centre_;
    centre_ += from_old_centre / static_cast<double>(count_);
    squares_ += from_old_centre * (scaled - centre_);
  }

  /// Becomes what it would be had it been sent the other's numbers too, but for rounding.
  void merge(Moments other);

  std::uint64_t count() const { return count_; }

  /// 0 of nothing; infinite when it is larger than the largest double.
  double sum() const;

  /// Nothing for no numbers; always finite.
  std::optional<double> mean() const;

  /// Sample variance (divided by n - 1); nothing below two numbers. Unit: the numbers' own,
  /// squared. Infinite when it is larger than the largest double, which the deviation then need not
  /// be.
  std::optional<double> variance() const;

  /// Population variance (divided by n); nothing for no numbers.
  std::optional<double> population_variance() const;

  /// Sample standard deviation: the root of variance(), in the numbers' own unit.
  std::optional<double> deviation() const;

 private:
  void make_room_for(double number);
  void shrink();
  double from_scale(double value, int power) const;

  std::uint64_t count_ = 0;
  int exponent_ = 600;         // scale_ is two to this: 600, 0 or -600
  double scale_ = 0x1p600;     // what numbers are multiplied by
  double largest_ = 0x1p-400;  // the largest number that this scale suits
  CompensatedSum sum_;         // of the scaled numbers
  double centre_ = 0;          // their running mean
  double squares_ = 0;         // of their distances from it, summed
};

}  // namespace statistics
