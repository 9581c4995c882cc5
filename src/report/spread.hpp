#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "statistics/histogram.hpp"
#include "statistics/moments.hpp"

namespace report {

/// The bars of a histogram: bar i counts what is from edges[i] to edges[i + 1], the first one also
/// what is smaller, the last one also what is larger.
struct Bars {
  std::vector<double> edges;  ///< one more than bars; none when nothing was counted
  std::vector<std::uint64_t> counts;
};

/// How positive numbers are spread that differ by powers of ten.
class Spread {
 public:
  void add(double number) {
    moments_.add(number);
    histogram_.add(number);
  }

  std::uint64_t count() const { return histogram_.count(); }
  std::optional<double> mean() const { return moments_.mean(); }
  std::optional<double> quantile(double p) const { return histogram_.quantile(p); }

  /// At most 40 bars, each wider than the one before by the same factor, a whole number of them for
  /// each power of ten. Numbers below `least` are as good as that.
  Bars bars(double least) const;

 private:
  statistics::Moments moments_;
  statistics::Histogram histogram_;
};

}  // namespace report
