#pragma once

#include <uv.h>

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "loop/handle.hpp"
#include "loop/loop.hpp"

namespace loop {

/// `auto result = co_await on_pool(loop, std::move(job))`: runs `job()` on a thread of libuv's pool
/// and gives what it returns or throws what it throws. The job owns its data, or the waiting frame
/// does. It must return something.
template <class Job>
class PoolWork {
 public:
  using Value = std::invoke_result_t<Job&>;

  PoolWork(Loop& loop, Job job) : loop_(loop), job_(std::move(job)) {}
  PoolWork(const PoolWork&) = delete;
  PoolWork& operator=(const PoolWork&) = delete;

  bool await_ready() const noexcept { return false; }

  void await_suspend(std::coroutine_handle<> coroutine) {
    coroutine_ = coroutine;
    request_.data = this;
    insist(uv_queue_work(loop_.native(), &request_, run, finish), "cannot queue work");
  }

  Value await_resume() {
    if (exception_) std::rethrow_exception(exception_);
    return std::move(*value_);
  }

 private:
  static void run(uv_work_t* request) noexcept {
    auto& self = *static_cast<PoolWork*>(request->data);
    try {
      self.value_.emplace(self.job_());
    } catch (...) {
      self.exception_ = std::current_exception();
    }
  }

  static void finish(uv_work_t* request, int) noexcept {
    auto& self = *static_cast<PoolWork*>(request->data);
    self.loop_.ready().post(self.coroutine_);
  }

  Loop& loop_;
  Job job_;
  uv_work_t request_ = {};
  std::coroutine_handle<> coroutine_;
  std::optional<Value> value_;
  std::exception_ptr exception_;
};

template <class Job>
PoolWork<Job> on_pool(Loop& loop, Job job) {
  return PoolWork<Job>(loop, std::move(job));
}

}  // namespace loop
