#pragma once

#include <coroutine>
#include <exception>

#include "coro/kept_frame.hpp"
#include "coro/ready_queue.hpp"

namespace coro {

/// The root of a tree of tasks: begins through the ready queue and frees itself at its end. It must
/// catch what its body throws. Made by whoever waits for it by other means (a nursery, a loop).
/// Its first parameter is the ReadyQueue, which must outlive it.
class Spawned {
 public:
  class promise_type : public KeptFrame {
   public:
    template <class... Rest>
    explicit promise_type(ReadyQueue& ready, Rest&...) : ready_(ready) {}

    Spawned get_return_object() {
      ready_.post(std::coroutine_handle<promise_type>::from_promise(*this));
      return {};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void unhandled_exception() noexcept { std::terminate(); }
    void return_void() {}

    ReadyQueue& ready_queue() { return ready_; }

   private:
    ReadyQueue& ready_;
  };
};

}  // namespace coro
