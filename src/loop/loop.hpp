#pragma once

#include <uv.h>

#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "coro/ready_queue.hpp"
#include "coro/spawned.hpp"
#include "coro/task.hpp"
#include "loop/pool.hpp"

namespace loop {

/// One thread's event loop: libuv brings events, the ready queue runs the coroutines that they
/// woke. Outlives every handle, request and coroutine that uses it: the destructor turns the loop
/// once more, so that closing handles are freed, and aborts when anything is still open.
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Runs `main` to its end and gives what it returns or throws what it throws. Aborts
  /// when everything waits and nothing is left that could wake it.
  template <class T>
  T run(coro::Task<T> main) {
    std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> result;
    Ending ending;
    run_to_end(ready_, std::move(main), result, ending);
    turn_until(ending.reached);
    if (ending.exception) std::rethrow_exception(ending.exception);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }

  coro::ReadyQueue& ready() { return ready_; }
  Pool& pool() { return pool_; }
  uv_loop_t* native() { return &loop_; }

 private:
  struct Ending {
    bool reached = false;
    std::exception_ptr exception;
  };

  template <class T, class Slot>
  static coro::Spawned run_to_end(coro::ReadyQueue&, coro::Task<T> main, Slot& result,
                                  Ending& ending) {
    try {
      if constexpr (std::is_void_v<T>) {
        co_await std::move(main);
      } else {
        result.emplace(co_await std::move(main));
      }
    } catch (...) {
      ending.exception = std::current_exception();
    }
    ending.reached = true;
  }

  void turn_until(const bool& reached);

  uv_loop_t loop_;
  coro::ReadyQueue ready_;
  Pool pool_{loop_, ready_};
};

/// The version of the libuv that is running, as "1.44.2".
std::string libuv_version();

/// Threads of the pool for files. Measured on two cores: more wait for each other at the directory.
inline constexpr std::size_t pool_threads = 4;

/// Has the pool have so many. Only before its first use; a value that the user has set in
/// UV_THREADPOOL_SIZE stays.
void set_pool_threads();

}  // namespace loop
