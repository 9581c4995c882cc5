#include "report/console.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace report {
namespace {

constexpr std::string_view clear_line = "\r\x1b[K";

}  // namespace

Console::Console(bool is_quiet) : is_quiet_(is_quiet), is_terminal_(isatty(STDERR_FILENO) == 1) {}

Console::~Console() {
  clear_status();
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
  text.resize(std::min(text.size(), terminal_width() - 1));
  status_ = std::move(text);
  write(fmt::format("{}{}", clear_line, status_));
}

void Console::write(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = ::write(STDERR_FILENO, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return;  // nobody listens
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

std::size_t terminal_width() {
  winsize size = {};
  const bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return is_known ? size.ws_col : 80;
}

}  // namespace report
