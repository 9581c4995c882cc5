#pragma once

#include "cli/exit_status.hpp"
#include "cli/options.hpp"

namespace commands {

/// Fetches a list. Does not return when a signal ended the run: the process dies of it.
cli::ExitStatus fetch(const cli::FetchOptions& options);

}  // namespace commands
