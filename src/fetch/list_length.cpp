#include "fetch/list_length.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "disk/line_reader.hpp"
#include "disk/line_splitter.hpp"
#include "loop/pool_work.hpp"

namespace fetch {
namespace {

bool asks_for_something(const disk::LineSplitter::Line& line) {
  const std::string_view text = base::trim(line.text);
  return line.is_too_long || (!text.empty() && !text.starts_with('#'));
}

/// Nothing when the file cannot be read, or `stop` came.
std::optional<std::uint64_t> count_lines(int file, std::int64_t offset,
                                         const std::stop_token& stop) {
  std::uint64_t lines = 0;
  disk::LineSplitter splitter(disk::LineReader::longest);
  std::string buffer(256 * base::KiB, '\0');
  while (!stop.stop_requested()) {
    const ssize_t count = pread(file, buffer.data(), buffer.size(), offset);
    if (count < 0) return std::nullopt;
    if (count == 0) {
      const auto last = splitter.rest();
      return lines + (last && asks_for_something(*last) ? 1 : 0);
    }
    offset += count;
    std::string_view unread(buffer.data(), static_cast<std::size_t>(count));
    while (const auto line = splitter.next(unread)) lines += asks_for_something(*line) ? 1 : 0;
  }
  return std::nullopt;
}

}  // namespace

ListLength::ListLength(const std::vector<Source>& sources) {
  for (const Source& source : sources) {
    if (source.is_url) {
      ++known_;
    } else if (source.failed_lines) {
      known_ += source.failed_lines->count();
    } else {
      List list;
      if (base::is_regular_file(source.list))
        list.file = base::FileDescriptor(fcntl(source.list.number(), F_DUPFD_CLOEXEC, 3));
      can_be_known_ = can_be_known_ && list.file && !source.is_followed;
      list.offset = list.file ? lseek(list.file.number(), 0, SEEK_CUR) : 0;
      lists_.push_back(std::move(list));
    }
  }
}

coro::Task<> ListLength::count(loop::Loop& loop, std::stop_token stop) {
  std::uint64_t lines = known_;
  for (; can_be_known_ && !lists_.empty(); lists_.pop_back()) {
    const List& list = lists_.back();
    const auto count = [&list, stop] { return count_lines(list.file.number(), list.offset, stop); };
    const std::optional<std::uint64_t> counted = co_await loop::on_pool(loop, count);
    can_be_known_ = counted.has_value();
    lines += counted.value_or(0);
  }
  if (can_be_known_) lines_ = lines;
  lists_.clear();
}

}  // namespace fetch
