#include "loop/input.hpp"

#include <linux/magic.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>

#include "loop/file_request.hpp"

namespace loop {
namespace {

constexpr std::size_t buffer_size = 128 * 1024;

/// Whether the file's bytes are always in memory. Such a file system knows no RWF_NOWAIT.
bool lies_in_memory(const base::FileDescriptor& file) {
  struct statfs status = {};
  return fstatfs(file.number(), &status) == 0 && status.f_type == TMPFS_MAGIC;
}

}  // namespace

Input::Input(Loop& loop, base::FileDescriptor descriptor)
    : loop_(loop),
      descriptor_(std::move(descriptor)),
      is_file_(base::is_regular_file(descriptor_)),
      lies_in_memory_(is_file_ && lies_in_memory(descriptor_)),
      readable_(loop.ready()),
      buffer_(buffer_size) {
  const auto on_ready = [this](int fd, Readiness) {
    watch_->forget(fd);
    readable_.wake_all();
  };
  if (!is_file_) watch_.emplace(loop, on_ready);
}

coro::Task<std::int64_t> Input::read(std::stop_token stop) {
  if (stop.stop_requested()) co_return -ECANCELED;
  Readiness wanted;
  wanted.readable = true;
  if (is_file_ || !watch_->watch(descriptor_.number(), wanted)) {
    is_file_ = true;
    const std::int64_t count = read_from_memory();
    co_await loop_.ready().yield();
    if (count >= 0) co_return count;
    for (;;) {
      const std::int64_t read = co_await loop::read(loop_, descriptor_.number(), buffer_);
      if (read != -EINTR) co_return read;
    }
  }

  const bool woken = co_await readable_.wait(stop);
  watch_->forget(descriptor_.number());
  if (!woken) co_return -ECANCELED;
  for (;;) {
    const ssize_t count = ::read(descriptor_.number(), buffer_.data(), buffer_.size());
    if (count >= 0) co_return count;
    if (errno != EINTR) co_return -errno;
  }
}

/// What the kernel has read ahead costs no way to the pool and back. Negative when it has nothing,
/// or the file system cannot tell.
std::int64_t Input::read_from_memory() {
  const iovec whole = {buffer_.data(), buffer_.size()};
  constexpr off_t from_here = -1;
  return preadv2(descriptor_.number(), &whole, 1, from_here, lies_in_memory_ ? 0 : RWF_NOWAIT);
}

}  // namespace loop
