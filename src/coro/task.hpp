#pragma once

#include <concepts>
#include <coroutine>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "coro/kept_frame.hpp"
#include "coro/ready_queue.hpp"

namespace coro {

/// A coroutine's promise that can be awaited from: it knows the queue that resumes it.
template <class Promise>
concept Queued = requires(Promise& promise) {
  { promise.ready_queue() } -> std::same_as<ReadyQueue&>;
};

template <class T>
class Task;

namespace detail {

/// What every Task's promise has: who waits for it, and how it went.
class TaskPromiseBase : public KeptFrame {
 public:
  std::suspend_always initial_suspend() noexcept { return {}; }

  auto final_suspend() noexcept {
    struct PostWhoWaits {
      bool await_ready() noexcept { return false; }
      void await_suspend(std::coroutine_handle<>) noexcept {
        if (promise->awaiting_) promise->ready_->post(promise->awaiting_);
      }
      void await_resume() noexcept {}
      TaskPromiseBase* promise;
    };
    return PostWhoWaits{this};
  }

  void unhandled_exception() noexcept { exception_ = std::current_exception(); }

  ReadyQueue& ready_queue() { return *ready_; }

  bool has_started() const { return ready_ != nullptr; }
  void start_on(ReadyQueue& ready) { ready_ = &ready; }
  void wake_when_done(std::coroutine_handle<> awaiting) { awaiting_ = awaiting; }

  void rethrow_if_failed() const {
    if (exception_) std::rethrow_exception(exception_);
  }

 private:
  ReadyQueue* ready_ = nullptr;
  std::coroutine_handle<> awaiting_;
  std::exception_ptr exception_;
};

template <class T>
class TaskPromise : public TaskPromiseBase {
 public:
  Task<T> get_return_object();

  template <class Value>
  void return_value(Value&& value) {
    value_.emplace(std::forward<Value>(value));
  }

  T take_result() {
    rethrow_if_failed();
    return std::move(*value_);
  }

 private:
  std::optional<T> value_;
};

template <>
class TaskPromise<void> : public TaskPromiseBase {
 public:
  Task<void> get_return_object();
  void return_void() {}
  void take_result() { rethrow_if_failed(); }
};

}  // namespace detail

/// Work that is told as a coroutine and yields a T, or throws.
///
/// Lazy: nothing happens before it is awaited, once, from another coroutine. A call that ends
/// without suspending costs its caller no trip through the ready queue. A Task that has begun must
/// end before it is destroyed (stopping is asking, then waiting); the destructor insists.
template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;

  explicit Task(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&&) = delete;
  ~Task() {
    if (!frame_) return;
    if (frame_.promise().has_started() && !frame_.done()) {
      std::fputs("fetcher: a coroutine was destroyed while it was suspended\n", stderr);
      std::abort();
    }
    frame_.destroy();
  }

  class Awaiter {
   public:
    explicit Awaiter(std::coroutine_handle<promise_type> frame) : frame_(frame) {}

    bool await_ready() const noexcept { return false; }

    /// Calls the child. No symmetric transfer: GCC turns it into a tail call only at -O2 and
    /// without sanitizers; elsewhere a loop over tasks that end at once overflows the stack.
    template <Queued Promise>
    bool await_suspend(std::coroutine_handle<Promise> awaiting) {
      frame_.promise().start_on(awaiting.promise().ready_queue());
      frame_.resume();
      if (frame_.done()) return false;
      frame_.promise().wake_when_done(awaiting);
      return true;
    }

    T await_resume() { return frame_.promise().take_result(); }

   private:
    std::coroutine_handle<promise_type> frame_;
  };

  Awaiter operator co_await() && { return Awaiter(frame_); }

 private:
  std::coroutine_handle<promise_type> frame_;
};

template <class T>
Task<T> detail::TaskPromise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

inline Task<void> detail::TaskPromise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}

}  // namespace coro
