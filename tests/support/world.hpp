#pragma once

#include <doctest/doctest.h>

#include <exception>
#include <functional>

#include "coro/ready_queue.hpp"
#include "coro/spawned.hpp"
#include "coro/task.hpp"
#include "support/fake_clock.hpp"

/// A place to run a story without an event loop: when nobody is ready, the clock jumps.
class World {
 public:
  coro::ReadyQueue ready;
  FakeClock clock{ready};

  /// Runs `story` to its end and throws what it throws; fails when it waits for ever.
  void run(coro::Task<> story) {
    bool has_ended = false;
    std::exception_ptr exception;
    follow(ready, std::move(story), has_ended, exception);
    while (!has_ended) {
      if (!ready.empty())
        ready.run_batch();
      else if (!clock.jump_to_earliest())
        FAIL("the story waits for something that never comes");
    }
    if (exception) std::rethrow_exception(exception);
  }

 private:
  static coro::Spawned follow(coro::ReadyQueue&, coro::Task<> story, bool& has_ended,
                              std::exception_ptr& exception) {
    try {
      co_await std::move(story);
    } catch (...) {
      exception = std::current_exception();
    }
    has_ended = true;
  }
};
