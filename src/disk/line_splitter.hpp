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
    const std::size_t end = unread.find('\n');
    if (has_begun_ || end == std::string_view::npos) return next_in_parts(unread, end);
    const std::string_view line = unread.substr(0, end);
    unread.remove_prefix(end + 1);
    return Line{line.substr(0, longest_), line.size() > longest_};
  }

  /// The last line, when the text does not end with an LF.
  std::optional<Line> rest();

 private:
  std::optional<Line> next_in_parts(std::string_view& unread, std::size_t end);
  void keep(std::string_view part);
  Line hand_over();

  base::Bytes longest_;
  std::string begun_;
  bool has_begun_ = false;
  bool is_too_long_ = false;
  bool is_handed_over_ = false;
};

}  // namespace disk
