#include "commands/process.hpp"

#include <malloc.h>
#include <sys/resource.h>

#include <csignal>
#include <thread>
#include <vector>

#include "base/units.hpp"
#include "loop/loop.hpp"

namespace commands {
namespace {

// Standard streams, the loop's own, lists, the directory and the log.
constexpr std::size_t always_open = 24;

/// A buffer for each request comes and goes with it. By its own rules glibc gives them back to the
/// system, which for small files costs a tenth of all the work.
void keep_freed_memory() {
  mallopt(M_TRIM_THRESHOLD, 32 * base::MiB);
  mallopt(M_MMAP_THRESHOLD, 4 * base::MiB);
  mallopt(M_MXFAST, 0);  // else each large block that is freed has all small ones looked at
}

}  // namespace

void prepare_process() {
  keep_freed_memory();
  std::signal(SIGXFSZ, SIG_IGN);
  loop::set_pool_threads();
  // libuv aborts when it cannot start its pool; here it is an error with words.
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < loop::pool_threads; ++i) threads.emplace_back([] {});
}

std::size_t raise_descriptor_limit() {
  rlimit limit = {};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

std::size_t spare_descriptors(std::size_t descriptors) {
  return descriptors > always_open ? descriptors - always_open : 1;
}

}  // namespace commands
