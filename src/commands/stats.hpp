#pragma once

#include "cli/exit_status.hpp"
#include "cli/options.hpp"

namespace commands {

/// Answers questions about a stream of numbers. Does not return when a signal ended it: the process
/// dies of it.
cli::ExitStatus stats(const cli::StatsOptions& options);

}  // namespace commands
