#pragma once

#include <uv.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "loop/handle.hpp"
#include "loop/loop.hpp"

namespace loop {

/// Threads for calls that may block for long, such as a question to a server that does not answer:
/// on libuv's pool they would keep files waiting. A thread is started when a call finds none idle,
/// and stays. How many calls run at once is decided by who starts them.
///
/// The end waits for the threads, but not for a call that blocks: its thread is left alone, with
/// what it owns.
class Workers {
 public:
  /// Runs on a thread, and owns its data. What it returns is called from the loop, unless the
  /// workers are gone by then. Neither throws.
  using Work = std::function<std::function<void()>()>;

  explicit Workers(Loop& loop);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// False when there is no thread for it and none can be had.
  bool start(Work work);

 private:
  struct Shared;

  static void serve(std::shared_ptr<Shared> shared, std::size_t place);
  bool add_thread();
  void call_back();

  Owned<uv_async_t> wake_;
  std::shared_ptr<Shared> shared_;
  std::vector<std::thread> threads_;
  std::size_t unfinished_ = 0;
};

}  // namespace loop
