#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <string>

#include "statistics/moments.hpp"

TEST_SUITE_BEGIN("statistics");

namespace {

/// A set of the NIST Statistical Reference Datasets (univariate summary statistics,
/// itl.nist.gov/div898/strd/univ, public domain) with its certified values, and how many digits of
/// the deviation must be right. Where that is less than 14, rounding the data to doubles alone
/// costs the others, or Welford's method is known to.
struct CertifiedSet {
  std::string file;
  std::uint64_t count;
  double mean;
  double deviation;
  double deviation_digits;
};

const CertifiedSet certified_sets[] = {
    {"pidigits", 5000, 4.53480000000000, 2.86733906028871, 14},
    {"lottery", 218, 518.958715596330, 291.699727470969, 14},
    {"lew", 200, -177.435000000000, 277.332168044316, 14},
    {"mavro", 50, 2.00185600000000, 0.000429123454003053, 12},
    {"michelson", 100, 299.852400000000, 0.0790105478190518, 12},
    {"numacc1", 3, 10000002, 1, 15},
    {"numacc2", 1001, 1.2, 0.1, 14},
    {"numacc3", 1001, 1000000.2, 0.1, 9.4},
    {"numacc4", 1001, 10000000.2, 0.1, 8.2},
};

statistics::Moments moments_of(const std::string& file) {
  std::ifstream data(std::string(TEST_DATA) + "/nist/" + file + ".txt");
  statistics::Moments moments;
  for (double number = 0; data >> number;) moments.add(number);
  return moments;
}

/// How many digits of `told` are right: the "log relative error" that NIST's sets are used with.
double right_digits(double told, double certified) {
  if (told == certified) return 15;
  return -std::log10(std::abs(told - certified) / std::abs(certified));
}

}  // namespace

TEST_CASE("the mean of each NIST set has fourteen right digits") {
  for (const CertifiedSet& set : certified_sets) {
    CAPTURE(set.file);
    const statistics::Moments moments = moments_of(set.file);
    CHECK(moments.count() == set.count);
    REQUIRE(moments.mean());
    CHECK(right_digits(*moments.mean(), set.mean) >= 14);
  }
}

TEST_CASE("the deviation of each NIST set has as many right digits as doubles allow") {
  for (const CertifiedSet& set : certified_sets) {
    CAPTURE(set.file);
    const statistics::Moments moments = moments_of(set.file);
    REQUIRE(moments.deviation());
    CHECK(right_digits(*moments.deviation(), set.deviation) >= set.deviation_digits);
  }
}

TEST_SUITE_END();
