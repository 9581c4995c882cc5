#pragma once

#include <uv.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "base/file_descriptor.hpp"
#include "loop/handle.hpp"
#include "loop/loop.hpp"

namespace loop {

/// What a descriptor is asked for, or can do now.
struct Readiness {
  bool readable = false;
  bool writable = false;
  bool failed = false;
};

/// Watches many descriptors that come and go quickly, such as a library's sockets.
///
/// It is an epoll descriptor of our own, which libuv watches as a single one: measured, that takes
/// no call of epoll_ctl per request of a keep-alive connection where a uv_poll for each socket
/// takes 6, and a descriptor that was closed too early is no reason for libuv to abort. It also
/// leaves the descriptor's flags alone: stdin stays blocking for who shares it with us.
class DescriptorWatch {
 public:
  /// `on_ready(fd, what)` is called from the loop. What it reports may be out of date when an
  /// earlier call of the same turn closed the descriptor.
  DescriptorWatch(Loop& loop, std::function<void(int, Readiness)> on_ready);
  DescriptorWatch(const DescriptorWatch&) = delete;
  DescriptorWatch& operator=(const DescriptorWatch&) = delete;

  /// Starts to watch `fd` or changes what it is watched for. False when it cannot be watched
  /// because it is always ready, as a regular file is.
  bool watch(int fd, Readiness wanted);

  /// Reports nothing more of `fd`, which need not be watched. It stays registered, since most are
  /// watched again soon, until something happens to it.
  void forget(int fd);

  /// The same for a descriptor that is closed now, whose number may come back, or that was closed
  /// on the quiet, and its number has come back.
  void forget_closed(int fd);

  /// Reports nothing until resume(); what happens meanwhile stays in the kernel's buffers, and a
  /// sender is slowed down by its window.
  void pause();
  void resume();

 private:
  /// What a descriptor is to be watched for, and what the kernel was told: masks of events, or 0.
  struct Watched {
    std::uint32_t wanted = 0;
    std::uint32_t registered = 0;
  };

  void report_ready();
  void unregister(int fd);

  std::function<void(int, Readiness)> on_ready_;
  base::FileDescriptor epoll_;
  Owned<uv_poll_t> poll_;
  bool is_paused_ = false;
  std::vector<Watched> watched_;  // by descriptor
};

}  // namespace loop
