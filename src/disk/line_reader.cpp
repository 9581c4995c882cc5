#include "disk/line_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace disk {

coro::Task<base::Result<std::optional<Line>>> LineReader::next(std::stop_token stop) {
  while (!take_line_from_unread()) {
    const std::int64_t count = co_await input_.read(stop);
    if (count == -ECANCELED) co_return std::optional<Line>();
    if (count < 0) co_return base::disk_failure(static_cast<int>(-count), "cannot read on");
    if (count == 0) co_return has_begun_line_ ? finish_line() : std::optional<Line>();
    unread_ = input_.buffer(count);
  }
  co_return finish_line();
}

bool LineReader::take_line_from_unread() {
  if (unread_.empty()) return false;
  has_begun_line_ = true;
  const std::size_t end = unread_.find('\n');
  const std::string_view part = unread_.substr(0, end);
  const std::size_t room = longest - line_.text.size();
  line_.text.append(part.substr(0, room));
  line_.is_too_long = line_.is_too_long || part.size() > room;
  unread_.remove_prefix(end == std::string_view::npos ? unread_.size() : end + 1);
  return end != std::string_view::npos;
}

std::optional<Line> LineReader::finish_line() {
  has_begun_line_ = false;
  Line next;
  next.number = line_.number + 1;
  ++line_.number;
  next.text = std::exchange(line_.text, std::string());
  next.is_too_long = std::exchange(line_.is_too_long, false);
  return next;
}

}  // namespace disk
