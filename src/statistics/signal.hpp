#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace statistics {

/// What can be asked, in the order in which `all` answers. `name()` gives the word.
/// Variance and deviation are the sample's (n - 1), pvariance is the population's (n), named as in
/// Python's `statistics`; the median of an even count is the mean of the two in the middle, p90 and
/// p99 are quantiles by nearest rank.
enum class Signal {
  mean,
  variance,
  count,
  stddev,
  pvariance,
  min,
  max,
  sum,
  median,
  p90,
  p99,
  all,
};

/// How many signals have an answer of their own: each but `all`.
inline constexpr std::size_t value_count = static_cast<std::size_t>(Signal::all);

std::string_view name(Signal signal);

/// The signal of that name; nothing for any other word.
std::optional<Signal> signal_named(std::string_view word);

}  // namespace statistics
