#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "coro/task.hpp"
#include "loop/file_watch.hpp"
#include "loop/loop.hpp"

namespace disk {

/// A file that somebody appends to, for whoever has read it to its end. It is the same file as long
/// as it keeps its name and does not become shorter.
class GrowingFile {
 public:
  /// `file` is that of the reader, who opened it as `path`; the two share its position.
  GrowingFile(loop::Loop& loop, const base::FileDescriptor& file, std::string path);

  /// True when there may be more to read, false when `stop` came first. Kind of a failure:
  /// `bad_url`, with words for the user, when it is not the same file any more or cannot be
  /// watched.
  coro::Task<base::Result<bool>> wait_for_more(std::stop_token stop);

 private:
  base::Result<bool> has_more() const;

  loop::Loop& loop_;
  base::FileDescriptor file_;
  std::string path_;
  std::optional<loop::FileWatch> watch_;
};

}  // namespace disk
