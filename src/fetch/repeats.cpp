#include "fetch/repeats.hpp"

#include <xxhash.h>

namespace fetch {

std::uint64_t Repeats::count(std::string_view url) {
  const std::uint64_t key = XXH3_64bits(url.data(), url.size());
  return seen_.insert(key) ? 0 : ++again_[key];
}

}  // namespace fetch
