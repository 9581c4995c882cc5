#include "disk/line_splitter.hpp"

namespace disk {

std::optional<LineSplitter::Line> LineSplitter::next_in_parts(std::string_view& unread,
                                                              std::size_t end) {
  if (is_handed_over_) {
    begun_.clear();
    has_begun_ = is_too_long_ = is_handed_over_ = false;
    return next(unread);
  }
  keep(unread.substr(0, end));
  unread.remove_prefix(end == std::string_view::npos ? unread.size() : end + 1);
  if (end == std::string_view::npos) return std::nullopt;
  return hand_over();
}

std::optional<LineSplitter::Line> LineSplitter::rest() {
  if (!has_begun_ || is_handed_over_) return std::nullopt;
  return hand_over();
}

void LineSplitter::keep(std::string_view part) {
  has_begun_ = has_begun_ || !part.empty();
  const std::size_t room = longest_ - begun_.size();
  begun_.append(part.substr(0, room));
  is_too_long_ = is_too_long_ || part.size() > room;
}

LineSplitter::Line LineSplitter::hand_over() {
  is_handed_over_ = true;
  return Line{begun_, is_too_long_};
}

}  // namespace disk
