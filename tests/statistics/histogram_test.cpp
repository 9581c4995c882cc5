#include "statistics/histogram.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <utility>

#include "statistics/samples.hpp"

TEST_SUITE_BEGIN("statistics");

using samples::relative_error;
using statistics::Histogram;

namespace {

Histogram histogram_of(const samples::Numbers& numbers) {
  Histogram histogram;
  samples::add_all(histogram, numbers);
  return histogram;
}

/// Over so many quantiles, the largest distance from the sorted numbers.
double largest_error_of(const samples::Numbers& numbers, int quantiles = 1000) {
  const Histogram histogram = histogram_of(numbers);
  const samples::Numbers in_order = samples::sorted(numbers);
  double largest = 0;
  for (int i = 0; i <= quantiles; ++i) {
    const double p = static_cast<double>(i) / quantiles;
    const double told = histogram.quantile(p).value();
    largest = std::max(largest, relative_error(told, samples::nearest_rank(in_order, p)));
  }
  return largest;
}

}  // namespace

TEST_CASE("nothing has no quantiles") {
  CHECK_FALSE(Histogram().quantile(0));
  CHECK_FALSE(Histogram().quantile(0.5));
}

TEST_CASE("quantiles are within their bound of the sorted numbers") {
  CHECK(Histogram::largest_error < 0.01);
  SUBCASE("normal") {
    CHECK(largest_error_of(samples::normal(100'000)) < Histogram::largest_error);
  }
  SUBCASE("lognormal") {
    CHECK(largest_error_of(samples::lognormal(100'000)) < Histogram::largest_error);
  }
  SUBCASE("uniform, some negative") {
    CHECK(largest_error_of(samples::uniform(100'000)) < Histogram::largest_error);
  }
  SUBCASE("a heavy tail") {
    CHECK(largest_error_of(samples::pareto(100'000)) < Histogram::largest_error);
  }
}

TEST_CASE("numbers of every size and both signs keep the bound") {
  samples::Numbers numbers;
  for (int exponent = -1074; exponent < 1024; ++exponent)
    for (const double mantissa : {1.0, 1.0077, 1.333, 1.999999})
      for (const double sign : {1.0, -1.0})
        numbers.push_back(sign * std::ldexp(mantissa, exponent));
  CHECK(largest_error_of(numbers, 200) < Histogram::largest_error);
}

TEST_CASE("few numbers, the same numbers and zeros keep the bound") {
  for (const samples::Numbers& numbers :
       std::initializer_list<samples::Numbers>{{3},
                                               {-3.3, 7.7},
                                               {0, -0.0, 0.0},
                                               {5.5, 5.5, 5.5, 5.5},
                                               {-1, 0, 0, 1},
                                               {1e-320, 0, -1e300}})
    CHECK(largest_error_of(numbers) < Histogram::largest_error);
}

TEST_CASE("the smallest and the largest number are exact") {
  const samples::Numbers numbers = samples::sorted(samples::lognormal(1000));
  const Histogram histogram = histogram_of(numbers);
  CHECK(histogram.quantile(0) == numbers.front());
  CHECK(histogram.quantile(1) == numbers.back());
}

TEST_CASE("a quantile never lies outside the numbers") {
  const Histogram equal = histogram_of(samples::Numbers(10, 0.777));
  CHECK(equal.quantile(0.5) == 0.777);
  const Histogram negative = histogram_of(samples::Numbers(10, -0.777));
  CHECK(negative.quantile(0.5) == -0.777);
}

TEST_CASE("whole numbers up to 256 are exact") {
  samples::Numbers numbers;
  for (int i = -256; i <= 256; ++i) numbers.push_back(i);
  CHECK(largest_error_of(numbers) == 0);
  CHECK(histogram_of({1, 2, 3, 4}).quantile(0.5) == 2);
}

TEST_CASE("the median is the one in the middle, or the mean of the two there") {
  CHECK(histogram_of({}).median() == std::nullopt);
  CHECK(histogram_of({7}).median() == 7);
  CHECK(histogram_of({3, 1, 2}).median() == 2);
  CHECK(histogram_of({4, 1, 3, 2}).median() == 2.5);
  CHECK(histogram_of({-1, 1}).median() == 0);
  constexpr double largest = std::numeric_limits<double>::max();
  CHECK(histogram_of({largest, largest}).median() == largest);
}

TEST_CASE("histograms that are merged are exactly the whole") {
  const samples::Numbers numbers = samples::uniform(10'000);
  const std::span<const double> all = numbers;
  Histogram merged;
  for (std::size_t i = 0; i < 10; ++i) {
    Histogram part;
    samples::add_all(part, all.subspan(i * 1000, 1000));
    merged.merge(part);
  }
  const Histogram whole = histogram_of(numbers);
  CHECK(merged.count() == whole.count());
  for (int i = 0; i <= 100; ++i) CHECK(merged.quantile(i / 100.0) == whole.quantile(i / 100.0));
}

TEST_CASE("how many numbers are below one is known up to the numbers that are next to it") {
  const Histogram few = histogram_of({-2, -1, 0, 0, 1, 2, 3});
  for (const auto& [number, below] : std::initializer_list<std::pair<double, std::uint64_t>>{
           {-1e300, 0}, {-2, 0}, {-1.5, 1}, {-1, 1}, {-0.0, 2}, {0, 2}, {0.5, 4}, {2, 5}, {9, 7}}) {
    CAPTURE(number);
    CHECK(few.count_below(number) == below);
  }
  CHECK(Histogram().count_below(1) == 0);

  const samples::Numbers numbers = samples::lognormal(10'000);
  const Histogram many = histogram_of(numbers);
  const samples::Numbers in_order = samples::sorted(numbers);
  const auto truly_below = [&](double number) {
    return static_cast<std::uint64_t>(std::lower_bound(in_order.begin(), in_order.end(), number) -
                                      in_order.begin());
  };
  for (double number = 0.01; number < 100; number *= 1.3) {
    CHECK(many.count_below(number) <= truly_below(number));
    CHECK(many.count_below(number) >= truly_below(number * (1 - Histogram::largest_error)));
  }
}

TEST_SUITE_END();
