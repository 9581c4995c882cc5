#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <variant>

#include "cli/command_line.hpp"
#include "cli/exit_status.hpp"
#include "commands/fetch.hpp"

namespace {

/// A standard stream that the caller has closed becomes one that fails, so that a socket or a file
/// cannot take its number and be read or written in its place.
void occupy_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    const bool is_closed = fcntl(stream, F_GETFD) == -1;
    // Open for the other direction: a read or write of it fails with EBADF. The lowest free number
    // is the one that is closed.
    if (is_closed) open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

cli::ExitStatus answer(const cli::Answer& answer) {
  std::fputs(answer.text.c_str(), answer.is_error ? stderr : stdout);
  if (answer.is_error) return cli::ExitStatus::usage;
  return std::fflush(stdout) == 0 ? cli::ExitStatus::all_saved : cli::ExitStatus::machine_failed;
}

}  // namespace

int main(int count, char** words) {
  occupy_standard_streams();
  try {
    const cli::Command command = cli::parse_command_line(count, words);
    if (const auto* const text = std::get_if<cli::Answer>(&command))
      return static_cast<int>(answer(*text));
    return static_cast<int>(commands::fetch(std::get<cli::FetchOptions>(command)));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fetcher: %s\n", error.what());
    return static_cast<int>(cli::ExitStatus::machine_failed);
  }
}
