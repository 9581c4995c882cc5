#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <stop_token>
#include <utility>

#include "coro/task.hpp"
#include "coro/wait_list.hpp"

namespace coro {

/// A bounded queue between coroutines: push() waits while it is full, pop() while it is empty.
/// After close() nothing more goes in, and what is in it still comes out.
template <class T>
class Channel {
 public:
  Channel(ReadyQueue& ready, std::size_t capacity)
      : capacity_(capacity), not_full_(ready), not_empty_(ready) {}

  /// False when the channel was closed or `stop` came before there was room: `item` is gone.
  Task<bool> push(T item, std::stop_token stop = std::stop_token()) {
    while (items_.size() >= capacity_ && !closed_) {
      const bool woken = co_await not_full_.wait(stop);
      if (!woken) co_return false;
    }
    if (closed_) co_return false;
    items_.push_back(std::move(item));
    not_empty_.wake_one();
    co_return true;
  }

  /// Nothing when the channel is closed and empty, or when `stop` came before an item.
  Task<std::optional<T>> pop(std::stop_token stop = std::stop_token()) {
    while (items_.empty() && !closed_) {
      const bool woken = co_await not_empty_.wait(stop);
      if (!woken) co_return std::nullopt;
    }
    if (items_.empty()) co_return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    not_full_.wake_one();
    co_return item;
  }

  void close() {
    closed_ = true;
    not_full_.wake_all();
    not_empty_.wake_all();
  }

  std::size_t size() const { return items_.size(); }

 private:
  std::size_t capacity_;
  std::deque<T> items_;
  bool closed_ = false;
  WaitList not_full_;
  WaitList not_empty_;
};

}  // namespace coro
