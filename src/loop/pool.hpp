#pragma once

#include <uv.h>

#include <coroutine>
#include <memory>
#include <vector>

#include "coro/ready_queue.hpp"

namespace loop {

/// A short job for the pool, and the coroutine that waits for it.
class PoolJob {
 public:
  virtual void run() noexcept = 0;

  std::coroutine_handle<> coroutine;

 protected:
  ~PoolJob() = default;
};

/// Short jobs for libuv's pool, run in batches. Handing a job to a thread costs two wake-ups, which
/// for a file of a few kilobytes is a seventh of everything that it costs: what comes up in one
/// turn of the loop shares them. Each waits for its whole batch.
class Pool {
 public:
  Pool(uv_loop_t& loop, coro::ReadyQueue& ready) : loop_(loop), ready_(ready) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// `job` must stay where it is until its coroutine goes on.
  void add(PoolJob& job) { waiting_.push_back(&job); }

  /// To be called once in each turn of the loop: starts what waits. As long as more comes in each
  /// turn it is held back for it, until it is a full batch: then true, and the next turn must not
  /// wait for anything.
  bool start_batches();

 private:
  struct Batch;

  // As many as there are threads for them on a small machine. More would mean smaller batches.
  static constexpr int most_running = 2;
  static constexpr std::size_t full_batch = 16;

  void start(std::vector<PoolJob*> jobs);
  void finish(std::unique_ptr<Batch> batch);

  uv_loop_t& loop_;
  coro::ReadyQueue& ready_;
  std::vector<PoolJob*> waiting_;
  std::size_t waited_ = 0;  ///< jobs in the turn before
  int running_ = 0;
};

}  // namespace loop
