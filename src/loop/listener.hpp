#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "coro/task.hpp"
#include "coro/wait_list.hpp"
#include "loop/descriptor_watch.hpp"
#include "loop/loop.hpp"

namespace loop {

/// A socket that is bound and listens on "HOST:PORT" ("[::1]:80" for IPv6; port 0: any free one).
/// Blocks while it looks up a name. Kind of a failure: `bad_url`, with words for the user.
base::Result<base::FileDescriptor> listen_on(const std::string& address);

/// The address that a socket is bound to, as "HOST:PORT" in digits.
std::string address_of(const base::FileDescriptor& socket);

/// Accepts TCP connections.
class Listener {
 public:
  Listener(Loop& loop, base::FileDescriptor socket);

  /// The next connection; nothing when `stop` came first.
  coro::Task<std::optional<base::FileDescriptor>> accept(std::stop_token stop);

 private:
  base::FileDescriptor socket_;
  coro::WaitList readable_;
  DescriptorWatch watch_;
};

}  // namespace loop
