#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "fetch/job.hpp"

namespace fetch {

/// The lines of earlier runs that failed and were not saved later, as a log tells them, in the
/// order of their lists. It keeps 24 bytes per line and reads the record when its turn comes. What
/// a log does not hold cannot come back: user and password of a URL, and header lines of its own.
class FailedLines {
 public:
  /// Blocks. Kind of a failure: `bad_url`, with words for the user.
  static base::Result<FailedLines> read(base::FileDescriptor log, const std::string& path);

  std::size_t count() const { return lines_.size(); }
  bool has_next() const { return next_ < lines_.size(); }

  /// Only when there is a next one. Blocks.
  Entry next();

 private:
  struct Line {
    std::uint64_t list = 0;  ///< the lists in the order in which the log first names them
    std::uint64_t n = 0;
    std::uint64_t offset = 0;  ///< of the record
  };

  base::FileDescriptor log_;
  std::vector<Line> lines_;
  std::size_t next_ = 0;
};

}  // namespace fetch
