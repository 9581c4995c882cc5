#pragma once

#include <cassert>
#include <coroutine>
#include <vector>

namespace coro {

/// The coroutines that can go on, in the order in which they were posted. Only run_batch() resumes
/// a suspended coroutine: whoever wakes one posts it here. So a thousand completions in a row need
/// the stack of one, and nobody's code runs inside the call that woke it.
class ReadyQueue {
 public:
  ReadyQueue() = default;
  ReadyQueue(const ReadyQueue&) = delete;
  ReadyQueue& operator=(const ReadyQueue&) = delete;

  void post(std::coroutine_handle<> coroutine) { ready_.push_back(coroutine); }

  /// `co_await queue.yield()`: goes on after everything that is ready now.
  auto yield() {
    struct Yielded : std::suspend_always {
      explicit Yielded(ReadyQueue& its_queue) : queue(its_queue) {}
      void await_suspend(std::coroutine_handle<> coroutine) { queue.post(coroutine); }
      ReadyQueue& queue;
    };
    return Yielded(*this);
  }

  bool empty() const { return ready_.empty(); }

  /// Resumes everything that is ready now; what becomes ready meanwhile is left for the next batch.
  void run_batch() {
    assert(running_.empty() && "a coroutine ran the queue that runs it");
    running_.swap(ready_);
    for (const std::coroutine_handle<> coroutine : running_) coroutine.resume();
    running_.clear();
  }

 private:
  std::vector<std::coroutine_handle<>> ready_;
  std::vector<std::coroutine_handle<>> running_;
};

}  // namespace coro
