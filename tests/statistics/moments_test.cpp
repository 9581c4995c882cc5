#include "statistics/moments.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <stdexcept>

#include "statistics/samples.hpp"

TEST_SUITE_BEGIN("statistics");

using samples::relative_error;
using statistics::Moments;

namespace {

constexpr double largest = std::numeric_limits<double>::max();
constexpr double infinity = std::numeric_limits<double>::infinity();

Moments moments_of(const samples::Numbers& numbers) {
  Moments moments;
  samples::add_all(moments, numbers);
  return moments;
}

void check_alike(const Moments& told, const Moments& truth) {
  CHECK(told.count() == truth.count());
  CHECK(relative_error(told.sum(), truth.sum()) < 1e-12);
  CHECK(relative_error(told.mean().value(), truth.mean().value()) < 1e-12);
  CHECK(relative_error(told.variance().value(), truth.variance().value()) < 1e-12);
}

/// Two to the `doublings` times as many of the same numbers.
Moments doubled(Moments moments, int doublings) {
  for (int i = 0; i < doublings; ++i) moments.merge(moments);
  return moments;
}

}  // namespace

TEST_CASE("nothing has a count and a sum, but no mean and no variance") {
  const Moments nothing;
  CHECK(nothing.count() == 0);
  CHECK(nothing.sum() == 0);
  CHECK_FALSE(nothing.mean());
  CHECK_FALSE(nothing.variance());
  CHECK_FALSE(nothing.population_variance());
  CHECK_FALSE(nothing.deviation());
}

TEST_CASE("one number has a mean and a population variance, but no sample variance") {
  const Moments one = moments_of({-2.5});
  CHECK(one.mean() == -2.5);
  CHECK(one.population_variance() == 0.0);
  CHECK_FALSE(one.variance());
  CHECK_FALSE(one.deviation());
}

TEST_CASE("equal numbers deviate by exactly 0") {
  const Moments equal = moments_of(samples::Numbers(1000, 0.1));
  CHECK(equal.variance() == 0.0);
  CHECK(equal.deviation() == 0.0);
}

// By hand: the numbers are 10 away from 4, 7, 13, 16 in the mean; 36 + 9 + 9 + 36 = 90; 90 / 3.
TEST_CASE("a large offset does not touch the variance") {
  for (const double offset : {0.0, 1e9, 1e15}) {
    CAPTURE(offset);
    const Moments moments = moments_of({offset + 4, offset + 7, offset + 13, offset + 16});
    CHECK(moments.mean() == offset + 10);
    CHECK(moments.variance() == 30);
    CHECK(moments.population_variance() == 22.5);
  }
}

TEST_CASE("numbers near the largest double have a finite mean and an infinite variance") {
  const Moments moments = moments_of({largest, -largest, largest, -largest, largest});
  CHECK(moments.sum() == largest);
  CHECK(relative_error(moments.mean().value(), largest / 5) < 1e-15);
  CHECK(moments.variance() == infinity);
  CHECK(moments.deviation() == infinity);
}

TEST_CASE("rounding does not carry the mean past the largest double") {
  for (std::size_t count = 1; count < 100; ++count) {
    const Moments moments = moments_of(samples::Numbers(count, largest));
    CHECK(relative_error(moments.mean().value(), largest) < 1e-15);
  }
}

TEST_CASE("a sum that passes the largest double comes back") {
  CHECK(moments_of({largest, largest}).sum() == infinity);
  CHECK(moments_of({largest, largest, -largest}).sum() == largest);
}

// By hand: two numbers d apart deviate by d / sqrt(2).
TEST_CASE("numbers whose squares are no doubles have a deviation") {
  for (const double size : {1e-320, 1e-310, 1e-200, 1e200, 1e308}) {
    CAPTURE(size);
    const double tolerance = size < 1e-300 ? 1e-3 : 1e-15;  // denormal answers have few digits
    const Moments moments = moments_of({0, size});
    CHECK(relative_error(moments.deviation().value(), size / std::sqrt(2.0)) < tolerance);
    CHECK(relative_error(moments.mean().value(), size / 2) < tolerance);
  }
}

// By hand: 1, 3, 5, 7 have squares around 4 of 20.
TEST_CASE("small and large numbers have the variances of those in between") {
  for (const double unit : {1e-150, 1e-121, 1.0, 1e120, 1e150}) {
    CAPTURE(unit);
    const Moments moments = moments_of({1 * unit, 3 * unit, 5 * unit, 7 * unit});
    CHECK(relative_error(moments.mean().value(), 4 * unit) < 1e-15);
    CHECK(relative_error(moments.variance().value(), 20.0 / 3 * unit * unit) < 1e-15);
    CHECK(relative_error(moments.population_variance().value(), 5 * unit * unit) < 1e-15);
  }
}

TEST_CASE("small numbers before large ones are not lost") {
  CHECK(moments_of({0x1p-1074}).sum() == 0x1p-1074);
  CHECK(moments_of({0x1p-1074, 1}).mean() == 0.5);
  CHECK(moments_of({1, 2, 1e300, -1e300}).sum() == 3);
  const Moments moments = moments_of({1e-200, 3e-200, 1, 3, 1e200, 3e200});
  CHECK(relative_error(moments.mean().value(), 4e200 / 6) < 1e-15);
}

// 10^9 = 2^9 * 1953125 numbers of 0.1; the sum's true value is 10^9 times the double next to 0.1.
TEST_CASE("a sum gets back what rounding takes away") {
  Moments moments = doubled(moments_of(samples::Numbers(1'953'125, 0.1)), 9);
  moments.add(1e16);
  moments.add(-1e16);
  CHECK(moments.count() == 1'000'000'002);
  CHECK(relative_error(moments.sum(), 1e8) < 1e-15);
  CHECK(relative_error(moments.mean().value(), 1e8 / 1'000'000'002) < 1e-15);
}

TEST_CASE("the order of the numbers does not matter") {
  const samples::Numbers shuffled = samples::uniform(100'000);
  const samples::Numbers rising = samples::sorted(shuffled);
  const samples::Numbers falling(rising.rbegin(), rising.rend());
  check_alike(moments_of(rising), moments_of(shuffled));
  check_alike(moments_of(falling), moments_of(shuffled));
}

TEST_CASE("parts that are merged are the whole") {
  const samples::Numbers numbers = samples::uniform(100'000);
  const std::span<const double> all = numbers;
  for (const std::size_t parts : {2U, 3U, 7U, 1000U}) {
    CAPTURE(parts);
    Moments merged;
    for (std::size_t i = 0; i < parts; ++i) {
      const std::size_t begin = i * all.size() / parts;
      Moments part;
      samples::add_all(part, all.subspan(begin, (i + 1) * all.size() / parts - begin));
      merged.merge(part);
    }
    check_alike(merged, moments_of(numbers));
  }
}

TEST_CASE("parts of very different sizes merge either way round") {
  const samples::Numbers numbers = {1e-122, 2e-122, 1, 2, 3, 1e122, 2e122, 3e122, 4e122};
  const Moments whole = moments_of(numbers);
  for (const std::ptrdiff_t cut : {1, 2, 5, 8}) {
    CAPTURE(cut);
    const Moments small = moments_of({numbers.begin(), numbers.begin() + cut});
    const Moments large = moments_of({numbers.begin() + cut, numbers.end()});
    Moments small_first = small;
    small_first.merge(large);
    check_alike(small_first, whole);
    Moments large_first = large;
    large_first.merge(small);
    check_alike(large_first, whole);
  }
}

TEST_CASE("nothing can be merged with something, and with nothing") {
  Moments moments;
  moments.merge(Moments());
  moments.merge(moments_of({1, 2}));
  moments.merge(Moments());
  CHECK(moments.mean() == 1.5);
  CHECK(moments.variance() == 0.5);
}

TEST_CASE("the count is exact beyond 2^32 and 2^53") {
  Moments moments = doubled(moments_of({1, 3}), 55);
  moments.add(2);
  CHECK(moments.count() == (std::uint64_t{1} << 56) + 1);
  CHECK(moments.mean() == 2);
  CHECK(relative_error(moments.variance().value(), 1) < 1e-15);
}

TEST_CASE("a number that is not finite is refused and changes nothing") {
  Moments moments = moments_of({1, 2});
  for (const double number : {infinity, -infinity, std::numeric_limits<double>::quiet_NaN()})
    CHECK_THROWS_AS(moments.add(number), std::invalid_argument);
  CHECK(moments.count() == 2);
  CHECK(moments.mean() == 1.5);
}

TEST_SUITE_END();
