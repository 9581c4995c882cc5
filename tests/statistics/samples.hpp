#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

/// Numbers to try statistics on; the same ones in every run.
namespace samples {

using Numbers = std::vector<double>;

template <class Distribution>
Numbers drawn_from(Distribution distribution, std::size_t count, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  Numbers numbers(count);
  for (double& number : numbers) number = distribution(random);
  return numbers;
}

inline Numbers normal(std::size_t count) {
  return drawn_from(std::normal_distribution<double>(), count);
}

inline Numbers lognormal(std::size_t count) {
  return drawn_from(std::lognormal_distribution<double>(0, 2), count);
}

inline Numbers uniform(std::size_t count) {
  return drawn_from(std::uniform_real_distribution<double>(-50, 100), count);
}

/// Pareto's with so heavy a tail that it has no mean: by inversion, 1 / u^2.
inline Numbers pareto(std::size_t count) {
  Numbers numbers = drawn_from(std::uniform_real_distribution<double>(1e-12, 1), count);
  for (double& number : numbers) number = 1 / (number * number);
  return numbers;
}

inline Numbers sorted(Numbers numbers) {
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

/// What Histogram::quantile() is to come near to: the number of rank ceil(p * n).
inline double nearest_rank(const Numbers& in_order, double p) {
  const auto rank = static_cast<std::size_t>(std::ceil(p * static_cast<double>(in_order.size())));
  return in_order[std::max<std::size_t>(rank, 1) - 1];
}

/// Distance from the truth as a fraction of the truth's size; 0 where both are 0.
inline double relative_error(double told, double truth) {
  return told == truth ? 0 : std::abs(told - truth) / std::abs(truth);
}

/// Sends numbers to a Moments, a Histogram, a Tally or a Collector.
template <class Sink>
void add_all(Sink& sink, std::span<const double> numbers) {
  for (const double number : numbers) sink.add(number);
}

}  // namespace samples
