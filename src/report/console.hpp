#pragma once

#include <string>
#include <string_view>

namespace report {

/// Words for a human on stderr: lines that stay, and on a terminal one status line under them that
/// is rewritten. What it is given must be free of control characters already (base::printable).
class Console {
 public:
  /// `is_quiet`: says nothing at all.
  explicit Console(bool is_quiet);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  bool is_terminal() const { return is_terminal_; }

  /// Writes "fetcher: " and `text` as a line above the status line.
  void say(std::string_view text);

  /// Writes `text`, which may have several lines, as it is.
  void print(std::string_view text);

  /// Shows `text`, cut to the terminal's width, in place of the last status line. Only on a
  /// terminal.
  void show_status(std::string text);
  void clear_status() { show_status(""); }

 private:
  void write(std::string_view bytes);

  bool is_quiet_;
  bool is_terminal_;
  std::string status_;
  std::string unwritten_;  ///< a reader who is slow does not stop the run
};

/// The columns of the terminal on a stream; 80 when nobody knows.
std::size_t terminal_width(int stream);

}  // namespace report
