#pragma once

#include <uv.h>

#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "coro/spawned.hpp"
#include "loop/loop.hpp"
#include "loop/pool_work.hpp"

namespace loop {

/// Threads of libuv's pool for jobs that come in crowds and are short, unless the disk is slow, as
/// appending to a thousand files. Handing a job to a thread and back costs more than such a job:
/// these are handed over together, and each thread takes one after the other from the common list.
/// So one that takes long holds only its thread. Outlives its jobs, and is outlived by the loop.
class Crew {
 public:
  /// `most` threads at once, at least 1.
  Crew(Loop& loop, std::size_t most) : loop_(loop), most_(most) {}
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// `auto result = co_await crew.run(std::move(job))`, as on_pool().
  template <class Job>
  SharedWork<Crew, Job> run(Job job) {
    return SharedWork<Crew, Job>(*this, std::move(job));
  }

  /// `job` must stay where it is until its coroutine goes on.
  void add(PoolJob& job);

 private:
  struct Shift;

  static coro::Spawned hand_over(coro::ReadyQueue&, Crew& crew);
  void start_shifts(std::size_t jobs);
  void work() noexcept;
  void finish_shift();

  Loop& loop_;
  std::size_t most_;
  std::size_t working_ = 0;
  std::vector<PoolJob*> added_;  ///< that no thread knows yet

  std::mutex mutex_;  ///< for what follows
  std::deque<PoolJob*> waiting_;
  std::vector<PoolJob*> finished_;
};

}  // namespace loop
