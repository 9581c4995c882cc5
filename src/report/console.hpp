#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/progress.hpp"

namespace report {

/// Words for a human on stderr: lines that stay, and on a terminal a block of lines under them that
/// is drawn anew in its place. What it is given must be free of control characters already
/// (base::printable), but for the colours of the block.
class Console {
 public:
  /// `is_quiet`: says nothing at all.
  explicit Console(bool is_quiet);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// Whether there can be a block: on a terminal that can go back to a line.
  bool is_terminal() const { return is_terminal_; }

  /// The terminal as it is now.
  Screen screen() const;

  /// Writes "fetcher: " and `text` as a line.
  void say(std::string_view text);

  /// Writes `text`, lines that each have their end, as it is. Where there is a block, it comes
  /// above that when it is drawn the next time: so much is said at times that a terminal has enough
  /// to do.
  void print(std::string_view text);

  /// Draws `block` in the place of the last one. Each of its lines must be narrower than the
  /// screen, and it must have fewer lines. Only on a terminal.
  void show(std::vector<std::string> block);

  /// Takes the block off the screen.
  void clear();

 private:
  bool is_in_foreground() const;
  void write(std::string_view bytes);

  bool is_quiet_;
  bool is_terminal_;
  bool has_colours_;
  std::vector<std::string> block_;  ///< as it stands; the cursor is where it begins
  std::size_t columns_ = 0;         ///< of the screen when it was drawn
  std::string above_;               ///< said since then
  std::string unwritten_;           ///< a reader who is slow does not stop the run
};

/// The columns of the terminal on a stream; 80 when nobody knows.
std::size_t terminal_width(int stream);

}  // namespace report
