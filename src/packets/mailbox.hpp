#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/units.hpp"
#include "coro/task.hpp"
#include "coro/wait_list.hpp"

namespace packets {

/// Messages, each with its LF.
struct Messages {
  std::string text;
  std::uint64_t count = 0;
};

/// The messages of one user that are not in the file yet. They are gathered, so that many go into
/// one write, and taken when there are enough of them, when they are flushed, or at the end.
class Mailbox {
 public:
  explicit Mailbox(coro::ReadyQueue& ready) : changed_(ready) {}

  void put(std::string_view message) {
    waiting_.text.append(message) += '\n';
    ++waiting_.count;
    // Those of a thousand other users come before his next: its place is in the cache by then.
    constexpr std::size_t a_message = 64;
    __builtin_prefetch(waiting_.text.data() + waiting_.text.size() + a_message, /*to write=*/1);
    if (waiting_.text.size() >= worth_a_write) flush();
  }

  /// Lets what is in it be taken, however little.
  void flush() {
    is_due_ = !waiting_.text.empty();
    if (is_due_) changed_.wake_one();
  }

  /// Nothing more comes. What is in it can still be taken.
  void close() {
    is_closed_ = true;
    changed_.wake_one();
  }

  void open_again() { is_closed_ = false; }

  bool empty() const { return waiting_.count == 0; }
  base::Bytes size() const { return waiting_.text.size(); }

  /// Everything, at once.
  Messages take_all() {
    is_due_ = false;
    return std::exchange(waiting_, Messages());
  }

  coro::Task<> wait_until_closed() {
    while (!is_closed_) co_await changed_.wait();
  }

  /// Waits for messages; empty when it is closed and nothing is left.
  coro::Task<Messages> take() {
    while (!is_due_ && !is_closed_) co_await changed_.wait();
    co_return take_all();
  }

 private:
  static constexpr base::Bytes worth_a_write = 16 * base::KiB;

  Messages waiting_;
  bool is_due_ = false;
  bool is_closed_ = false;
  coro::WaitList changed_;
};

}  // namespace packets
