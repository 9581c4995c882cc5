#include <fcntl.h>
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <variant>

#include "cli/command_line.hpp"
#include "cli/exit_status.hpp"
#include "commands/fetch.hpp"
#include "commands/packets.hpp"
#include "commands/report.hpp"
#include "commands/stats.hpp"

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

struct Run {
  cli::ExitStatus operator()(const cli::FetchOptions& options) { return commands::fetch(options); }
  cli::ExitStatus operator()(const cli::PacketsOptions& options) {
    return commands::packets(options);
  }
  cli::ExitStatus operator()(const cli::ReportOptions& options) {
    return commands::report(options);
  }
  cli::ExitStatus operator()(const cli::StatsOptions& options) { return commands::stats(options); }
  cli::ExitStatus operator()(const cli::Answer& answer) {
    std::fputs(answer.text.c_str(), answer.is_error ? stderr : stdout);
    if (answer.is_error) return cli::ExitStatus::usage;
    return std::fflush(stdout) == 0 ? cli::ExitStatus::all_saved : cli::ExitStatus::machine_failed;
  }
};

}  // namespace

int main(int count, char** words) {
  occupy_standard_streams();
  std::signal(SIGPIPE, SIG_IGN);
  std::setlocale(LC_CTYPE, "C.UTF-8");  // libcurl reads host names beyond ASCII by it
  try {
    return static_cast<int>(std::visit(Run(), cli::parse_command_line(count, words)));
  } catch (const std::bad_alloc&) {
    std::fputs("fetcher: there is not enough memory; a smaller -c needs less\n", stderr);
    return static_cast<int>(cli::ExitStatus::machine_failed);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fetcher: %s\n", error.what());
    return static_cast<int>(cli::ExitStatus::machine_failed);
  }
}
