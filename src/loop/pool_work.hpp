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

/// The same for a job that shares its way to the pool with others: see Pool and Crew, of which
/// `Hands` is one.
template <class Hands, class Job>
class SharedWork final : public PoolJob {
 public:
  SharedWork(Hands& hands, Job job) : hands_(hands), result_(std::move(job)) {}
  SharedWork(const SharedWork&) = delete;
  SharedWork& operator=(const SharedWork&) = delete;

  bool await_ready() const noexcept { return false; }

  void await_suspend(std::coroutine_handle<> its_coroutine) {
    coroutine = its_coroutine;
    hands_.add(*this);
  }

  auto await_resume() { return result_.take(); }

  void run() noexcept override { result_.compute(); }

 private:
  Hands& hands_;
  PoolResult<Job> result_;
};

/// For a job that is short and never waits: see Pool.
template <class Job>
SharedWork<Pool, Job> on_pool_with_others(Loop& loop, Job job) {
  return SharedWork<Pool, Job>(loop.pool(), std::move(job));
}

}  // namespace loop
