#include "loop/loop.hpp"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

#include "loop/handle.hpp"

namespace loop {

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
    std::fputs("fetcher: a handle or request of the event loop was not closed:\n", stderr);
    uv_print_all_handles(&loop_, stderr);
    std::abort();
  }
}

void Loop::turn_until(const bool& reached) {
  // A few batches per turn save calls of epoll_wait; a bound keeps the sockets from starving.
  constexpr int batches_per_turn = 16;
  for (;;) {
    for (int i = 0; i < batches_per_turn && !ready_.empty() && !reached; ++i) ready_.run_batch();
    if (reached) return;
    const bool has_more = uv_run(&loop_, ready_.empty() ? UV_RUN_ONCE : UV_RUN_NOWAIT) != 0;
    if (!has_more && ready_.empty())
      throw std::logic_error("the program waits, and nothing is left that could wake it");
  }
}

std::string libuv_version() {
  return uv_version_string();
}

void set_pool_threads(int threads) {
  constexpr int keep_what_is_set = 0;
  setenv("UV_THREADPOOL_SIZE", std::to_string(threads).c_str(), keep_what_is_set);
}

}  // namespace loop
