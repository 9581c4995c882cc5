#include "report/console.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "loop/signals.hpp"

namespace report {
namespace {

constexpr std::string_view clear_below = "\r\x1b[J";
constexpr std::string_view end_of_line = "\x1b[K";

// Words that wait for a reader who does not read; what is more is lost.
constexpr std::size_t most_unwritten = 1'000'000;

bool takes_more() {
  pollfd writable = {STDERR_FILENO, POLLOUT, 0};
  return poll(&writable, 1, /*milliseconds=*/0) > 0;
}

/// For who has to clear it without asking the console.
volatile std::sig_atomic_t is_block_drawn = 0;

/// SIGQUIT ends a process that may obey nothing else any more, and leaves a core that shows where
/// it was: the loop cannot be asked.
void clear_and_die(int number) {
  if (is_block_drawn != 0 && takes_more()) {
    [[maybe_unused]] const ssize_t written =
        write(STDERR_FILENO, clear_below.data(), clear_below.size());
  }
  raise(number);
}

std::string_view variable(const char* name) {
  const char* const value = std::getenv(name);
  return value ? value : "";
}

bool can_go_back() {
  const std::string_view terminal = variable("TERM");
  return isatty(STDERR_FILENO) == 1 && !terminal.empty() && terminal != "dumb";
}

winsize size_of_terminal(int stream) {
  winsize size = {};
  const bool is_known = ioctl(stream, TIOCGWINSZ, &size) == 0;
  if (!is_known || size.ws_col < 2) size.ws_col = 80;
  if (!is_known || size.ws_row < 2) size.ws_row = 24;
  return size;
}

/// What draws a block and goes back to where it begins: wherever a terminal puts its lines when it
/// is resized, the cursor stays there. All in one piece, and each line over the last one, so that
/// nothing is ever seen to be missing.
std::string drawn(const std::vector<std::string>& block) {
  std::string text;
  for (const std::string& line : block) {
    text += text.empty() ? "\r" : "\r\n";
    text.append(line).append(end_of_line);
  }
  text += "\x1b[J\r";
  if (block.size() > 1) text += fmt::format("\x1b[{}A", block.size() - 1);
  return text;
}

}  // namespace

Console::Console(bool is_quiet)
    : is_quiet_(is_quiet),
      is_terminal_(can_go_back()),
      has_colours_(is_terminal_ && variable("NO_COLOR").empty()) {
  if (is_terminal_ && !is_quiet_) loop::catch_once(SIGQUIT, clear_and_die);
}

Console::~Console() {
  clear();
  // The reader has until then: now there is nothing else to do but wait for him.
  pollfd writable = {STDERR_FILENO, POLLOUT, 0};
  while (!unwritten_.empty() && poll(&writable, 1, /*timeout=*/-1) > 0) write("");
}

Screen Console::screen() const {
  const winsize size = size_of_terminal(STDERR_FILENO);
  return {size.ws_col, size.ws_row, has_colours_};
}

void Console::say(std::string_view text) {
  print(fmt::format("fetcher: {}\n", text));
}

void Console::print(std::string_view text) {
  if (is_quiet_) return;
  if (block_.empty())
    write(text);
  else if (above_.size() < most_unwritten)
    above_ += text;
}

void Console::show(std::vector<std::string> block) {
  if (is_quiet_ || !is_terminal_) return;
  if (!is_in_foreground()) {
    block_.clear();
    is_block_drawn = 0;
    return write(std::exchange(above_, {}));
  }
  if (!unwritten_.empty()) return write("");  // once that is written, the newest block is drawn
  const std::size_t columns = screen().columns;
  if (block == block_ && columns == columns_ && above_.empty()) return;
  if (!above_.empty()) above_.insert(0, clear_below);
  block_ = std::move(block);
  is_block_drawn = 1;
  columns_ = columns;
  write(std::exchange(above_, {}) + drawn(block_));
}

void Console::clear() {
  if (std::exchange(block_, {}).empty()) return;
  is_block_drawn = 0;
  write(std::string(clear_below) + std::exchange(above_, {}));
}

/// Whoever has the terminal now would find the block in his words. A terminal that is not the one
/// that controls us is nobody else's.
bool Console::is_in_foreground() const {
  const pid_t foreground = tcgetpgrp(STDERR_FILENO);
  return foreground == -1 || foreground == getpgrp();
}

void Console::write(std::string_view bytes) {
  unwritten_ += bytes;
  while (!unwritten_.empty() && takes_more()) {
    // What poll() promises for a pipe: so many bytes do not block.
    const std::size_t size = std::min<std::size_t>(unwritten_.size(), PIPE_BUF);
    const ssize_t count = ::write(STDERR_FILENO, unwritten_.data(), size);
    if (count > 0) unwritten_.erase(0, static_cast<std::size_t>(count));
    if (count < 0 && errno != EINTR && errno != EAGAIN) unwritten_.clear();  // nobody listens
  }
  if (unwritten_.size() > most_unwritten) unwritten_.resize(most_unwritten);
}

std::size_t terminal_width(int stream) {
  return size_of_terminal(stream).ws_col;
}

}  // namespace report
