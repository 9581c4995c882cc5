#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "coro/task.hpp"
#include "coro/wait_list.hpp"
#include "disk/group_sync.hpp"
#include "loop/clock.hpp"
#include "loop/loop.hpp"

namespace disk {

/// Opens a log to append to, and keeps other processes from it until the descriptor is closed. A
/// record after the last LF, torn off by a kill, is cut; a link is not followed. Blocks. Kind of a
/// failure: `disk`; its code is EWOULDBLOCK when the log is another process's or no log of ours.
base::Result<base::FileDescriptor> open_log(const std::string& path);

/// Lines that many coroutines append to one descriptor, on the pool and in the order of the calls.
/// What comes while a write is under way goes out with the next one, in a single call.
class AppendFile {
 public:
  /// `name` is for messages.
  AppendFile(loop::Loop& loop, base::FileDescriptor descriptor, std::string name);

  /// From now on what is appended is made durable too, in groups that gather as GroupSync says.
  void sync_in_groups(loop::Clock& clock, base::Duration gathering);

  /// Returns when `lines` are written, and durable if that is wanted. After the first failure
  /// everything fails, and nothing more is written.
  coro::Task<base::Result<void>> append(std::string lines);

 private:
  coro::Task<> write_what_waits();
  coro::Task<> wait_until_writable();

  loop::Loop& loop_;
  base::FileDescriptor descriptor_;
  std::string name_;
  std::string waiting_;
  bool is_writing_ = false;
  std::uint64_t appended_ = 0;  ///< bytes
  std::uint64_t written_ = 0;   ///< bytes
  base::Result<void> outcome_;
  coro::WaitList progress_;
  std::optional<GroupSync> sync_;
};

}  // namespace disk
