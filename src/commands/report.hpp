#pragma once

#include "cli/exit_status.hpp"
#include "cli/options.hpp"

namespace commands {

/// Says what the log of a fetch says: in an HTML file, or on standard output.
cli::ExitStatus report(const cli::ReportOptions& options);

}  // namespace commands
