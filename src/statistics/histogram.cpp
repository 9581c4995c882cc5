#include "statistics/histogram.hpp"

#include <algorithm>

namespace statistics {

void Histogram::merge(const Histogram& other) {
  negative_.merge(other.negative_);
  positive_.merge(other.positive_);
  range_.merge(other.range_);
}

std::optional<double> Histogram::quantile(double p) const {
  if (count() == 0) return std::nullopt;
  const double rank = std::ceil(p * static_cast<double>(count()));
  if (!(rank > 1)) return range_.min();
  if (!(rank < static_cast<double>(count()))) return range_.max();
  return number_within_range_at(static_cast<std::uint64_t>(rank));
}

std::optional<double> Histogram::median() const {
  if (count() == 0) return std::nullopt;
  const double lower = number_within_range_at((count() + 1) / 2);
  const double upper = number_within_range_at(count() / 2 + 1);
  return lower == upper ? lower : lower / 2 + upper / 2;  // their sum could overflow
}

std::uint64_t Histogram::count_below(double number) const {
  if (number < 0) return negative_.count() - negative_.count_through(-number);
  return negative_.count() + positive_.count_below(std::abs(number));
}

/// The first and the last are known exactly.
double Histogram::number_within_range_at(std::uint64_t rank) const {
  if (rank == 1) return range_.min();
  if (rank == count()) return range_.max();
  return range_.clamp(number_at(rank));
}

/// What stands for the `rank`-th smallest number. Among the negative ones that is a large size.
double Histogram::number_at(std::uint64_t rank) const {
  if (rank <= negative_.count()) return -negative_.size_at(negative_.count() - rank + 1);
  return positive_.size_at(rank - negative_.count());
}

}  // namespace statistics
