#pragma once

#include <coroutine>
#include <optional>
#include <stop_token>

#include "coro/ready_queue.hpp"

namespace coro {

/// A fair queue of suspended coroutines, first come, first woken: what every other primitive waits
/// in. Waiting allocates nothing, the place in the queue lies in the waiting frame.
/// The ready queue must outlive the list, and the list whoever waits in it.
class WaitList {
 public:
  class Waiter;

  explicit WaitList(ReadyQueue& ready) : ready_(ready) {}
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;

  /// `bool woken = co_await list.wait(stop)`: true when woken, false when `stop` came first.
  Waiter wait(std::stop_token stop = std::stop_token());

  bool empty() const { return first_ == nullptr; }

  /// Posts the one who has waited longest. False when nobody waits.
  bool wake_one();
  void wake_all() {
    while (wake_one()) continue;
  }

 private:
  void append(Waiter& waiter);
  void remove(Waiter& waiter);

  ReadyQueue& ready_;
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
};

class WaitList::Waiter {
 public:
  Waiter(WaitList& list, std::stop_token stop) : list_(list), stop_(std::move(stop)) {}
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  bool await_ready() const noexcept { return stop_.stop_requested(); }

  void await_suspend(std::coroutine_handle<> coroutine) {
    coroutine_ = coroutine;
    list_.append(*this);
    if (stop_.stop_possible()) on_stop_.emplace(stop_, GiveUp{this});
  }

  bool await_resume() {
    on_stop_.reset();
    return woken_;
  }

 private:
  friend class WaitList;

  /// Of a waker and a stop the first takes the waiter out of the list, so that the other one no
  /// longer finds it and nobody is posted twice.
  struct GiveUp {
    Waiter* waiter;
    void operator()() const {
      if (waiter->is_listed_) {
        waiter->list_.remove(*waiter);
        waiter->list_.ready_.post(waiter->coroutine_);
      }
    }
  };

  WaitList& list_;
  std::stop_token stop_;
  std::coroutine_handle<> coroutine_;
  Waiter* next_ = nullptr;
  Waiter* previous_ = nullptr;
  bool is_listed_ = false;
  bool woken_ = false;
  std::optional<std::stop_callback<GiveUp>> on_stop_;
};

inline WaitList::Waiter WaitList::wait(std::stop_token stop) {
  return Waiter(*this, std::move(stop));
}

inline bool WaitList::wake_one() {
  if (!first_) return false;
  Waiter& waiter = *first_;
  remove(waiter);
  waiter.woken_ = true;
  ready_.post(waiter.coroutine_);
  return true;
}

inline void WaitList::append(Waiter& waiter) {
  waiter.previous_ = last_;
  (last_ ? last_->next_ : first_) = &waiter;
  last_ = &waiter;
  waiter.is_listed_ = true;
}

inline void WaitList::remove(Waiter& waiter) {
  (waiter.previous_ ? waiter.previous_->next_ : first_) = waiter.next_;
  (waiter.next_ ? waiter.next_->previous_ : last_) = waiter.previous_;
  waiter.next_ = waiter.previous_ = nullptr;
  waiter.is_listed_ = false;
}

}  // namespace coro
