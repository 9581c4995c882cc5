#include "report/spread.hpp"

#include <algorithm>
#include <cmath>

namespace report {
namespace {

constexpr int most_bars = 40;

/// From `first` to `last`, in bars since 1.
struct Scale {
  int per_power_of_ten = 1;
  int first = 0;
  int last = 1;

  double edge(int i) const { return std::pow(10.0, static_cast<double>(i) / per_power_of_ten); }
};

Scale scale_for(double min, double max) {
  Scale scale;
  for (const int per_power : {20, 10, 5, 2, 1}) {
    scale.per_power_of_ten = per_power;
    scale.first = static_cast<int>(std::floor(std::log10(min) * per_power));
    scale.last =
        std::max(static_cast<int>(std::ceil(std::log10(max) * per_power)), scale.first + 1);
    if (scale.last - scale.first <= most_bars) break;
  }
  return scale;
}

}  // namespace

Bars Spread::bars(double least) const {
  Bars bars;
  if (count() == 0) return bars;
  const Scale scale = scale_for(std::max(histogram_.range().min(), least),
                                std::max(histogram_.range().max(), least));
  std::uint64_t counted = 0;
  bars.edges.push_back(scale.edge(scale.first));
  for (int i = scale.first + 1; i <= scale.last; ++i) {
    bars.edges.push_back(scale.edge(i));
    const std::uint64_t below =
        i == scale.last ? count() : histogram_.count_below(bars.edges.back());
    bars.counts.push_back(below - counted);
    counted = below;
  }
  return bars;
}

}  // namespace report
