#pragma once

#include <array>
#include <cstddef>
#include <new>

namespace coro {

/// Base of a promise whose coroutine's frames are kept, when they end, for the next of their size.
/// A file takes a dozen frames of up to some kilobytes, which malloc() takes its slow way for:
/// measured, a twentieth of all the instructions of a small file. Each thread keeps its own, as
/// many as there ever were at once.
class KeptFrame {
 public:
  static void* operator new(std::size_t size) {
    const std::size_t index = index_of(size);
    if (index >= kept_.size()) return ::operator new(size);
    Frame* const frame = kept_[index];
    if (!frame) return ::operator new((index + 1) * step);
    kept_[index] = frame->next;
    return frame;
  }

  static void operator delete(void* frame, std::size_t size) {
    const std::size_t index = index_of(size);
    if (index >= kept_.size()) return ::operator delete(frame);
    kept_[index] = new (frame) Frame{kept_[index]};
  }

 private:
  struct Frame {
    Frame* next;
  };

  static std::size_t index_of(std::size_t size) { return (size - 1) / step; }

  static constexpr std::size_t step = 64;  // bytes
#ifdef __SANITIZE_ADDRESS__
  static constexpr std::size_t sizes = 0;  // so that use after the end is found
#else
  static constexpr std::size_t sizes = 64;
#endif
  static inline thread_local std::array<Frame*, sizes> kept_ = {};
};

}  // namespace coro
