#pragma once

#include <cassert>
#include <cstddef>
#include <exception>
#include <functional>
#include <stop_token>
#include <utility>

#include "coro/spawned.hpp"
#include "coro/task.hpp"
#include "coro/wait_list.hpp"

namespace coro {

/// Where children run side by side. It is always joined: with_nursery() is the way to have one.
/// The first child that throws stops the others, and join() throws that exception again.
class Nursery {
 public:
  /// A stop of `parent` is a stop of the children.
  explicit Nursery(ReadyQueue& ready, std::stop_token parent = {})
      : ready_(ready), all_ended_(ready), parent_(std::move(parent), RequestStop(stop_)) {}
  Nursery(const Nursery&) = delete;
  Nursery& operator=(const Nursery&) = delete;
  ~Nursery() { assert(running_ == 0 && "a nursery was left without joining it"); }

  /// Starts a child in the next batch of the ready queue.
  void spawn(Task<> child) {
    ++running_;
    run(ready_, *this, std::move(child));
  }

  std::stop_token stop_token() const { return stop_.get_token(); }
  void request_stop() { stop_.request_stop(); }
  std::size_t running() const { return running_; }

  /// Keeps the first exception and asks the children to stop.
  void fail(std::exception_ptr exception) {
    if (!first_failure_) first_failure_ = std::move(exception);
    request_stop();
  }

  /// Waits for every child, then throws the first exception again if there was one.
  Task<> join() {
    while (running_ > 0) co_await all_ended_.wait();
    if (first_failure_) std::rethrow_exception(std::exchange(first_failure_, nullptr));
  }

 private:
  class RequestStop {
   public:
    explicit RequestStop(std::stop_source& source) : source_(source) {}
    void operator()() const { source_.request_stop(); }

   private:
    std::stop_source& source_;
  };

  static Spawned run(ReadyQueue&, Nursery& nursery, Task<> child) {
    try {
      co_await std::move(child);
    } catch (...) {
      nursery.fail(std::current_exception());
    }
    if (--nursery.running_ == 0) nursery.all_ended_.wake_all();
  }

  ReadyQueue& ready_;
  WaitList all_ended_;
  std::stop_source stop_;
  std::stop_callback<RequestStop> parent_;
  std::size_t running_ = 0;
  std::exception_ptr first_failure_;
};

/// Runs `body(nursery, arguments...)`, a coroutine that spawns children, and waits for all of them,
/// also when the body throws. Arguments go by value; services travel as std::ref().
template <class Body, class... Arguments>
Task<> with_nursery(ReadyQueue& ready, std::stop_token stop, Body body, Arguments... arguments) {
  Nursery nursery(ready, std::move(stop));
  try {
    co_await body(nursery, std::move(arguments)...);
  } catch (...) {
    nursery.fail(std::current_exception());
  }
  co_await nursery.join();
}

}  // namespace coro
