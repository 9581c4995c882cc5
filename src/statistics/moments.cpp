#include "statistics/moments.hpp"

#include <limits>
#include <stdexcept>

namespace statistics {

namespace {

constexpr double largest_double = std::numeric_limits<double>::max();

/// From one scale to the next. Scaled numbers lie between 2^-474 and 2^424 (or are 0): squares,
/// even 2^64 of them, neither overflow nor lose what matters beside the largest.
constexpr int step = 600;

}  // namespace

void Moments::merge(Moments other) {
  while (exponent_ > other.exponent_) shrink();
  while (other.exponent_ > exponent_) other.shrink();
  if (other.count_ == 0) return;
  const auto count = static_cast<double>(count_ + other.count_);
  const double others_share = static_cast<double>(other.count_) / count;
  const double distance = other.centre_ - centre_;
  squares_ += other.squares_ + distance * distance * others_share * static_cast<double>(count_);
  centre_ += distance * others_share;
  sum_.merge(other.sum_);
  count_ += other.count_;
}

double Moments::sum() const {
  return from_scale(sum_.value(), 1);
}

std::optional<double> Moments::mean() const {
  if (count_ == 0) return std::nullopt;
  return from_scale(sum_.value() / static_cast<double>(count_), 1);
}

std::optional<double> Moments::variance() const {
  if (count_ < 2) return std::nullopt;
  return from_scale(squares_ / static_cast<double>(count_ - 1), 2);
}

std::optional<double> Moments::population_variance() const {
  if (count_ == 0) return std::nullopt;
  return from_scale(squares_ / static_cast<double>(count_), 2);
}

std::optional<double> Moments::deviation() const {
  if (count_ < 2) return std::nullopt;
  return from_scale(std::sqrt(squares_ / static_cast<double>(count_ - 1)), 1);
}

void Moments::make_room_for(double number) {
  if (!std::isfinite(number)) throw std::invalid_argument("a number must be finite");
  while (std::abs(number) > largest_) shrink();
}

/// Goes to the next smaller scale, and takes along what was summed.
void Moments::shrink() {
  const double factor = std::ldexp(1, -step);
  exponent_ -= step;
  scale_ *= factor;
  largest_ = exponent_ == 0 ? 0x1p400 : largest_double;
  sum_.multiply(factor);
  centre_ *= factor;
  squares_ = squares_ * factor * factor;
}

/// What a scaled value is in the numbers' own unit, or, for a square, in that unit's `power`.
double Moments::from_scale(double value, int power) const {
  return std::ldexp(value, -exponent_ * power);
}

}  // namespace statistics
