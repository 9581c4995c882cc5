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

/// A job with its result: what both ways to the pool have in common. It must return something.
template <class Job>
class PoolResult {
 public:
  using Value = std::invoke_result_t<Job&>;

  explicit PoolResult(Job job) : job_(std::move(job)) {}

  void compute() noexcept {
    try {
      value_.emplace(job_());
    } catch (...) {
      exception_ = std::current_exception();
    }
  }

  Value take() {
    if (exception_) std::rethrow_exception(exception_);
    return std::move(*value_);
  }

 private:
  Job job_;
  std::optional<Value> value_;
  std::exception_ptr exception_;
};

/// `auto result = co_await on_pool(loop, std::move(job))`: runs `job()` on a thread of libuv's pool
/// and gives what it returns or throws what it throws. The job owns its data, or the waiting frame
/// does.
template <class Job>
class PoolWork {
 public:
  PoolWork(Loop& loop, Job job) : loop_(loop), result_(std::move(job)) {}
  PoolWork(const PoolWork&) = delete;
  PoolWork& operator=(const PoolWork&) = delete;

  bool await_ready() const noexcept { return false; }

  void await_suspend(std::coroutine_handle<> coroutine) {
    coroutine_ = coroutine;
    request_.data = this;
    insist(uv_queue_work(loop_.native(), &request_, run, finish), "cannot queue work");
  }

  auto await_resume() { return result_.take(); }

 private:
  static void run(uv_work_t* request) noexcept {
    static_cast<PoolWork*>(request->data)->result_.compute();
  }

  static void finish(uv_work_t* request, int) noexcept {
    auto& self = *static_cast<PoolWork*>(request->data);
    self.loop_.ready().post(self.coroutine_);
  }

  Loop& loop_;
  PoolResult<Job> result_;
  uv_work_t request_ = {};
  std::coroutine_handle<> coroutine_;
};

template <class Job>
PoolWork<Job> on_pool(Loop& loop, Job job) {
  return PoolWork<Job>(loop, std::move(job));
}

/// The same for a job that is short and never waits: it shares its way to the pool with others (see
/// Pool).
template <class Job>
class BatchedWork final : public PoolJob {
 public:
  BatchedWork(Loop& loop, Job job) : loop_(loop), result_(std::move(job)) {}
  BatchedWork(const BatchedWork&) = delete;
  BatchedWork& operator=(const BatchedWork&) = delete;

  bool await_ready() const noexcept { return false; }

  void await_suspend(std::coroutine_handle<> its_coroutine) {
    coroutine = its_coroutine;
    loop_.pool().add(*this);
  }

  auto await_resume() { return result_.take(); }

  void run() noexcept override { result_.compute(); }

 private:
  Loop& loop_;
  PoolResult<Job> result_;
};

template <class Job>
BatchedWork<Job> on_pool_with_others(Loop& loop, Job job) {
  return BatchedWork<Job>(loop, std::move(job));
}

}  // namespace loop
