#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/file_descriptor.hpp"
#include "coro/task.hpp"
#include "fetch/url_list.hpp"
#include "loop/loop.hpp"

namespace fetch {

/// How many lines ask for something in lists that are being read: to show how far a run is. It
/// looks at lists that are files, from where they are read from, without moving that place.
class ListLength {
 public:
  explicit ListLength(const std::vector<Source>& sources);

  /// Counts, on the pool, in memory that does not depend on the lists.
  coro::Task<> count(loop::Loop& loop, std::stop_token stop);

  /// Nothing before all is counted, and when a list is a pipe or followed: nobody knows its end.
  std::optional<std::uint64_t> lines() const { return lines_; }

 private:
  struct List {
    base::FileDescriptor file;
    std::int64_t offset = 0;
  };

  std::vector<List> lists_;
  bool can_be_known_ = true;
  std::uint64_t known_ = 0;  ///< beside those in lists_
  std::optional<std::uint64_t> lines_;
};

}  // namespace fetch
