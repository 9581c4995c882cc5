#pragma once

#include <uv.h>

#include <stop_token>
#include <string>

#include "coro/task.hpp"
#include "coro/wait_list.hpp"
#include "loop/handle.hpp"
#include "loop/loop.hpp"

namespace loop {

/// Wakes who waits for something to happen to a file, or to its name in its directory. Whether it
/// was of any importance is for them to see.
class FileWatch {
 public:
  FileWatch(Loop& loop, const std::string& path);
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  /// Why it cannot watch, an errno; 0 when it does.
  int error() const { return error_; }

  /// True when something has happened since the last call or happens now, false when `stop` came
  /// first. One waits at a time.
  coro::Task<bool> changed(std::stop_token stop);

 private:
  void watch(uv_fs_event_t* watcher, const std::string& path);
  void note(const char* name);

  std::string name_;  ///< in its directory
  coro::WaitList waiting_;
  bool has_changed_ = false;
  int error_ = 0;
  Owned<uv_fs_event_t> file_;
  Owned<uv_fs_event_t> directory_;
};

}  // namespace loop
