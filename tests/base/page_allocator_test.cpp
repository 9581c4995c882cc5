#include "base/page_allocator.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

TEST_SUITE_BEGIN("base");

TEST_CASE("an array of any size holds what is put into it") {
  std::vector<std::uint64_t, base::PageAllocator<std::uint64_t>> numbers;
  for (std::uint64_t i = 0; i < 100'000; ++i) numbers.push_back(i);  // from the heap into pages
  CHECK(std::is_sorted(numbers.begin(), numbers.end()));
  CHECK(numbers.back() == 99'999);
  numbers.resize(10);
  numbers.shrink_to_fit();  // and back
  CHECK(numbers.back() == 9);
}

TEST_SUITE_END();
