#pragma once

#include <functional>
#include <string>
#include <utility>

#include "base/units.hpp"
#include "coro/wait_list.hpp"

namespace http {

/// Counts the bytes of bodies that lie in memory between the network and the disk: from their
/// arrival until the Piece that they went into is destroyed.
///
/// Above the limit it is full: the network rests, no new line is taken, and every transfer hands
/// over what it has, however little. So everything in memory is on its way to the disk, which needs
/// nothing of the network, and memory becomes free again.
class BodyMemory {
 public:
  class Share;

  /// The size in which bodies go to the disk; a smaller one goes as a whole.
  static constexpr base::Bytes piece_size = 256 * base::KiB;

  /// `on_full(bool is_full)` is called at each change.
  BodyMemory(coro::ReadyQueue& ready, base::Bytes limit, std::function<void(bool)> on_full)
      : room_(ready), limit_(limit), on_full_(std::move(on_full)) {}

  void take(base::Bytes bytes) {
    in_use_ += bytes;
    update();
  }
  void give_back(base::Bytes bytes) {
    in_use_ -= bytes;
    update();
  }

  bool is_full() const { return is_full_; }

  /// Waits until it is not full any more, or `stop` comes.
  coro::WaitList::Waiter wait_for_room(std::stop_token stop) { return room_.wait(std::move(stop)); }

 private:
  void update() {
    // Full until a quarter is free again, so that the network does not start for each piece.
    const bool is_full = in_use_ > (is_full_ ? limit_ / 4 * 3 : limit_);
    if (is_full == is_full_) return;
    is_full_ = is_full;
    on_full_(is_full);
    if (!is_full) room_.wake_all();
  }

  coro::WaitList room_;
  base::Bytes limit_;
  std::function<void(bool)> on_full_;
  base::Bytes in_use_ = 0;
  bool is_full_ = false;
};

/// Bytes that were taken from the memory, and are given back with the end of their owner.
class BodyMemory::Share {
 public:
  Share() = default;
  Share(BodyMemory& memory, base::Bytes bytes) : memory_(&memory), bytes_(bytes) {}
  Share(Share&& other) noexcept
      : memory_(std::exchange(other.memory_, nullptr)), bytes_(other.bytes_) {}
  Share& operator=(Share&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Share() {
    if (memory_) memory_->give_back(bytes_);
  }

 private:
  BodyMemory* memory_ = nullptr;
  base::Bytes bytes_ = 0;
};

/// A part of a body, in order; or all of it.
struct Piece {
  std::string bytes;
  bool is_last = false;
  BodyMemory::Share share;
};

}  // namespace http
