#include "statistics/buckets.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <numeric>

namespace statistics {

void Buckets::merge(const Buckets& other) {
  for (std::size_t i = 0; i < page_limit; ++i) {
    if (!other.pages_[i]) continue;
    if (!pages_[i]) pages_[i] = std::make_unique<Page>();
    std::transform(pages_[i]->begin(), pages_[i]->end(), other.pages_[i]->begin(),
                   pages_[i]->begin(), std::plus<>());
  }
  count_ += other.count_;
}

std::uint64_t Buckets::count_below(double size) const {
  return count_of_first(bucket_of(size));
}

std::uint64_t Buckets::count_through(double size) const {
  return count_of_first(bucket_of(size) + 1);
}

std::uint64_t Buckets::count_of_first(std::size_t buckets) const {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i * page_size < buckets; ++i) {
    if (!pages_[i]) continue;
    const std::size_t wanted = std::min(buckets - i * page_size, page_size);
    count =
        std::accumulate(pages_[i]->begin(), pages_[i]->begin() + static_cast<long>(wanted), count);
  }
  return count;
}

double Buckets::size_at(std::uint64_t rank) const {
  assert(rank >= 1 && rank <= count_);
  std::uint64_t passed = 0;
  for (std::size_t i = 0; i < page_limit; ++i) {
    if (!pages_[i]) continue;
    for (std::size_t j = 0; j < page_size; ++j) {
      passed += (*pages_[i])[j];
      if (passed >= rank) return smallest_in(i * page_size + j);
    }
  }
  return 0;
}

double Buckets::smallest_in(std::size_t bucket) {
  const bool is_denormal = bucket < first_normal;
  const std::size_t leading = is_denormal ? bucket : bucket - (denormal_powers << precision);
  const auto size = std::bit_cast<double>(static_cast<std::uint64_t>(leading) << dropped_bits);
  return is_denormal ? size / denormal_scale : size;
}

}  // namespace statistics
