#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "coro/task.hpp"
#include "disk/growing_file.hpp"
#include "disk/line_splitter.hpp"
#include "loop/input.hpp"

namespace disk {

/// A line without its LF. One that is longer than LineReader::longest is cut there.
struct Line {
  std::uint64_t number = 0;  ///< counted from 1, every physical line
  std::string text;
  bool is_too_long = false;
};

/// The lines of a file or a pipe, read only as fast as they are asked for. Memory does not depend
/// on their number or length: what exceeds the longest line is passed over.
class LineReader {
 public:
  static constexpr base::Bytes longest = 64 * base::KiB;

  LineReader(loop::Loop& loop, base::FileDescriptor descriptor)
      : input_(loop, std::move(descriptor)) {}

  /// Has it wait for more at the end of the file, which was opened as `path`: then the last line
  /// does not count before its LF is there, and nothing comes at the end but a failure of kind
  /// `bad_url`, with words for the user. Before the first line.
  void follow(loop::Loop& loop, const std::string& path) {
    growing_.emplace(loop, input_.descriptor(), path);
  }

  /// Nothing at the end, and also when `stop` came first. The last line counts without its LF.
  /// Kind of a failure: `disk`.
  coro::Task<base::Result<std::optional<Line>>> next(std::stop_token stop);

  /// How many were given until now.
  std::uint64_t lines() const { return lines_; }

 private:
  std::optional<Line> numbered(const LineSplitter::Line& line);

  loop::Input input_;
  std::optional<GrowingFile> growing_;
  LineSplitter splitter_{longest};
  std::string_view unread_;
  std::uint64_t lines_ = 0;
};

}  // namespace disk
