#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/units.hpp"

namespace disk {

/// Cuts text that comes in chunks into lines. Memory is bounded by `longest`: what a line has
/// beyond it is passed over.
class LineSplitter {
 public:
  /// A line without its LF; it lasts until the next call.
  struct Line {
    std::string_view text;
    bool is_too_long = false;  ///< `text` is only its beginning
  };

  explicit LineSplitter(base::Bytes longest) : longest_(longest) {}

  /// The next line that ends in `unread`, from which it is taken; nothing when no line ends there:
  /// then all of `unread` is kept as the beginning of one.
  std::optional<Line> next(std::string_view& unread) {
    if (is_handed_over_) forget();
    const std::size_t end = unread.find('\n');
    const std::string_view part = unread.substr(0, end);
    unread.remove_prefix(end == std::string_view::npos ? unread.size() : end + 1);
    if (end == std::string_view::npos) {
      keep(part);
      return std::nullopt;
    }
    if (has_begun_) {
      keep(part);
      return hand_over(begun_);
    }
    is_too_long_ = part.size() > longest_;
    return hand_over(part.substr(0, longest_));
  }

  /// The last line, when the text does not end with an LF.
  std::optional<Line> rest() {
    if (is_handed_over_) forget();
    if (!has_begun_) return std::nullopt;
    return hand_over(begun_);
  }

 private:
  void keep(std::string_view part) {
    if (part.empty()) return;
    has_begun_ = true;
    const std::size_t room = longest_ - begun_.size();
    begun_.append(part.substr(0, room));
    is_too_long_ = is_too_long_ || part.size() > room;
  }

  Line hand_over(std::string_view text) {
    is_handed_over_ = true;
    return Line{text, is_too_long_};
  }

  void forget() {
    begun_.clear();
    has_begun_ = is_too_long_ = is_handed_over_ = false;
  }

  base::Bytes longest_;
  std::string begun_;
  bool has_begun_ = false;
  bool is_too_long_ = false;
  bool is_handed_over_ = false;
};

}  // namespace disk
