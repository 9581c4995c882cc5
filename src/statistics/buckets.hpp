#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

namespace statistics {

/// Counts of sizes (finite doubles from 0 on) in log-linear buckets: 128 of equal width for each
/// power of two, as in Tene's HdrHistogram, but over all doubles, the denormal ones included.
/// A bucket stands for the smallest size in it, which is less than 1/128 below any other in it;
/// 0, and whole numbers up to 256, are exact.
///
/// Counts lie in pages of 8 KiB that exist once they are needed: one holds eight powers of two.
/// There are at most 263 of them (2.1 MiB).
class Buckets {
 public:
  void add(double size) {
    const std::size_t bucket = bucket_of(size);
    std::unique_ptr<Page>& page = pages_[bucket / page_size];
    if (!page) page = std::make_unique<Page>();
    ++(*page)[bucket % page_size];
    ++count_;
  }

  void merge(const Buckets& other);

  std::uint64_t count() const { return count_; }

  /// How many of the sizes lie in buckets below the one of `size`.
  std::uint64_t count_below(double size) const;

  /// The same with its own bucket.
  std::uint64_t count_through(double size) const;

  /// What stands for the `rank`-th smallest size, from 1 to count().
  double size_at(std::uint64_t rank) const;

 private:
  static constexpr int precision = 7;  // two to this many buckets in a power of two
  static constexpr int dropped_bits = std::numeric_limits<double>::digits - 1 - precision;
  static constexpr std::size_t denormal_powers = std::numeric_limits<double>::digits - 1;
  static constexpr std::size_t first_normal = (denormal_powers + 1) << precision;
  static constexpr std::size_t bucket_limit = (denormal_powers + 2048) << precision;
  static constexpr std::size_t page_size = 1024;
  static constexpr std::size_t page_limit = (bucket_limit + page_size - 1) / page_size;
  static constexpr double denormal_scale = 0x1p52;  // makes the smallest double a normal one

  using Page = std::array<std::uint64_t, page_size>;

  /// The leading bits of the representation grow with the size: exponent, then precision bits.
  static std::size_t bucket_of(double size) {
    if (size < std::numeric_limits<double>::min()) return leading_bits(size * denormal_scale);
    return leading_bits(size) + (denormal_powers << precision);
  }

  static std::size_t leading_bits(double size) {
    return static_cast<std::size_t>(std::bit_cast<std::uint64_t>(size) >> dropped_bits);
  }

  static double smallest_in(std::size_t bucket);

  std::uint64_t count_of_first(std::size_t buckets) const;

  std::uint64_t count_ = 0;
  std::array<std::unique_ptr<Page>, page_limit> pages_;
};

}  // namespace statistics
