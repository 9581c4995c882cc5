#pragma once

#include <uv.h>

#include <functional>

#include "loop/handle.hpp"
#include "loop/loop.hpp"

namespace loop {

/// Calls back once in the loop's next turn, with the sockets looked at in between. It stands in for
/// a timer of 0 ms, which would cost up to 1 ms or keep libuv 1.44 inside its timers for ever.
class Kick {
 public:
  Kick(Loop& loop, std::function<void()> call)
      : call_(std::move(call)),
        idle_(make_handle<uv_idle_t>(
            [&loop](uv_idle_t* idle) { return uv_idle_init(loop.native(), idle); }, this)) {}

  void set() {
    uv_idle_start(idle_.get(), [](uv_idle_t* idle) noexcept {
      uv_idle_stop(idle);
      static_cast<Kick*>(idle->data)->call_();
    });
  }

  void cancel() { uv_idle_stop(idle_.get()); }

 private:
  std::function<void()> call_;
  Owned<uv_idle_t> idle_;
};

}  // namespace loop
