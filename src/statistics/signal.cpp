#include "statistics/signal.hpp"

#include <algorithm>

namespace statistics {

namespace {

constexpr std::array<std::string_view, value_count + 1> names = {
    "mean", "variance", "count",  "stddev", "pvariance", "min",
    "max",  "sum",      "median", "p90",    "p99",       "all",
};

}  // namespace

std::string_view name(Signal signal) {
  return names.at(static_cast<std::size_t>(signal));
}

std::optional<Signal> signal_named(std::string_view word) {
  const auto found = std::find(names.begin(), names.end(), word);
  if (found == names.end()) return std::nullopt;
  return static_cast<Signal>(found - names.begin());
}

}  // namespace statistics
