#include "report/console.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

namespace report {
namespace {

constexpr std::string_view clear_line = "\r\x1b[K";

// Words that wait for a reader who does not read; what is more is lost.
constexpr std::size_t most_unwritten = 1'000'000;

bool takes_more() {
  pollfd writable = {STDERR_FILENO, POLLOUT, 0};
  return poll(&writable, 1, /*milliseconds=*/0) > 0;
}

}  // namespace

Console::Console(bool is_quiet) : is_quiet_(is_quiet), is_terminal_(isatty(STDERR_FILENO) == 1) {}

Console::~Console() {
  clear_status();
  // The reader has until then: now there is nothing else to do but wait for him.
  pollfd writable = {STDERR_FILENO, POLLOUT, 0};
  while (!unwritten_.empty() && poll(&writable, 1, /*timeout=*/-1) > 0) write("");
}

void Console::say(std::string_view text) {
  print(fmt::format("fetcher: {}\n", text));
}

void Console::print(std::string_view text) {
  if (is_quiet_) return;
  if (status_.empty())
    write(text);
  else
    write(fmt::format("{}{}{}", clear_line, text, status_));
}

void Console::show_status(std::string text) {
  if (is_quiet_ || !is_terminal_ || (text.empty() && status_.empty())) return;
  // Never the last column: a terminal may go to the next line after it. All of it is ASCII.
  text.resize(std::min(text.size(), terminal_width(STDERR_FILENO) - 1));
  status_ = std::move(text);
  write(fmt::format("{}{}", clear_line, status_));
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
  winsize size = {};
  const bool is_known = ioctl(stream, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return is_known ? size.ws_col : 80;
}

}  // namespace report
