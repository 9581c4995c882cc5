#include "disk/line_reader.hpp"

#include <cerrno>

namespace disk {

coro::Task<base::Result<std::optional<Line>>> LineReader::next(std::stop_token stop) {
  for (;;) {
    const std::optional<LineSplitter::Line> line = splitter_.next(unread_);
    if (line) co_return numbered(*line);
    const std::int64_t count = co_await input_.read(stop);
    if (count == -ECANCELED) co_return std::optional<Line>();
    if (count < 0)
      co_return base::disk_failure(static_cast<int>(-count), "cannot read the next line");
    if (count == 0 && !growing_) break;
    unread_ = input_.buffer(count);
    if (count > 0) continue;
    const base::Result<bool> more = co_await growing_->wait_for_more(stop);
    if (!more) co_return more.error();
    if (!*more) co_return std::optional<Line>();
  }
  const std::optional<LineSplitter::Line> last = splitter_.rest();
  co_return last ? numbered(*last) : std::optional<Line>();
}

std::optional<Line> LineReader::numbered(const LineSplitter::Line& line) {
  Line next;
  next.number = ++lines_;
  next.text = line.text;
  next.is_too_long = line.is_too_long;
  return next;
}

}  // namespace disk
