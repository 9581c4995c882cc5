#include "statistics/tally.hpp"

#include <cassert>

namespace statistics {

namespace {

Value defined_or_not(std::optional<double> number) {
  if (!number) return std::monostate();
  return *number;
}

/// Rounding never carries the mean out of the numbers' range: equal numbers are their own mean.
Value mean_of(const Moments& moments, const Range& range) {
  const std::optional<double> mean = moments.mean();
  if (!mean) return std::monostate();
  return range.clamp(*mean);
}

}  // namespace

Answer Tally::answer(Signal signal) const {
  assert(signal != Signal::all);
  return Answer{signal, value(signal)};
}

Summary Tally::summary() const {
  std::array<Answer, value_count> answers;
  for (std::size_t i = 0; i < value_count; ++i) answers[i] = answer(static_cast<Signal>(i));
  return Summary(answers);
}

Value Tally::value(Signal signal) const {
  switch (signal) {
    case Signal::mean:
      return mean_of(moments_, histogram_.range());
    case Signal::variance:
      return defined_or_not(moments_.variance());
    case Signal::count:
      return moments_.count();
    case Signal::stddev:
      return defined_or_not(moments_.deviation());
    case Signal::pvariance:
      return defined_or_not(moments_.population_variance());
    case Signal::min:
      return defined_or_not(histogram_.quantile(0));
    case Signal::max:
      return defined_or_not(histogram_.quantile(1));
    case Signal::sum:
      return moments_.sum();
    case Signal::median:
      return defined_or_not(histogram_.median());
    case Signal::p90:
      return defined_or_not(histogram_.quantile(0.9));
    case Signal::p99:
      return defined_or_not(histogram_.quantile(0.99));
    case Signal::all:
      break;
  }
  return std::monostate();
}

}  // namespace statistics
