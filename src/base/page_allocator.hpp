#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace base {

/// Gives the large arrays of a container whole pages of the system, which has them back the moment
/// that they are freed. In malloc()'s heap a table that grows would leave a hole of each size that
/// it ever had.
template <class T>
class PageAllocator {
 public:
  using value_type = T;

  PageAllocator() = default;
  template <class Other>
  explicit PageAllocator(const PageAllocator<Other>&) {}

  T* allocate(std::size_t count) {
    const std::size_t size = count * sizeof(T);
    if (size < worth_pages) return static_cast<T*>(::operator new(size));
    void* const pages =
        mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    return static_cast<T*>(pages);
  }

  void deallocate(T* array, std::size_t count) {
    const std::size_t size = count * sizeof(T);
    if (size < worth_pages)
      ::operator delete(array);
    else
      munmap(array, size);
  }

  bool operator==(const PageAllocator&) const = default;

 private:
  static constexpr std::size_t worth_pages = std::size_t{64} * 1024;
};

}  // namespace base
