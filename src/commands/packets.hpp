#pragma once

#include "cli/exit_status.hpp"
#include "cli/options.hpp"

namespace commands {

/// Sorts a packet stream into one file per user, or prints a simulated one. Does not return when a
/// signal ended it: the process dies of it.
cli::ExitStatus packets(const cli::PacketsOptions& options);

}  // namespace commands
