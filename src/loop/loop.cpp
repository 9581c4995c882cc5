#include "loop/loop.hpp"

#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "loop/handle.hpp"

namespace loop {

namespace {

[[noreturn]] void give_up(const char* reason) {
  std::fprintf(stderr, "fetcher: broken event loop: %s\n", reason);
  std::abort();
}

}  // namespace

void insist(int status, const char* what) {
  if (status < 0) throw std::system_error(-status, std::generic_category(), what);
}

Loop::Loop() {
  insist(uv_loop_init(&loop_), "cannot make an event loop");
}

Loop::~Loop() {
  // NOWAIT: the closing callbacks run, and a handle that leaked does not make us wait for it.
  uv_run(&loop_, UV_RUN_NOWAIT);
  if (uv_loop_close(&loop_) != 0) {
    uv_print_all_handles(&loop_, stderr);
    give_up("a handle or request was not closed");
  }
}

void Loop::turn_until(const bool& reached) {
  // A few batches per turn save calls of epoll_wait; a bound keeps the sockets from starving.
  constexpr int batches_per_turn = 16;
  for (;;) {
    for (int i = 0; i < batches_per_turn && !ready_.empty() && !reached; ++i) ready_.run_batch();
    if (reached) return;
    const bool may_grow = pool_.start_batches();
    const bool may_wait = ready_.empty() && !may_grow;
    const bool has_more = uv_run(&loop_, may_wait ? UV_RUN_ONCE : UV_RUN_NOWAIT) != 0;
    if (!has_more && ready_.empty() && !may_grow)
      give_up("everything waits, and nothing is left to wake it");
  }
}

std::string libuv_version() {
  return uv_version_string();
}

void set_pool_threads() {
  constexpr int keep_what_is_set = 0;
  setenv("UV_THREADPOOL_SIZE", std::to_string(pool_threads).c_str(), keep_what_is_set);
}

}  // namespace loop
