#pragma once

#include "cli/options.hpp"

namespace cli {

/// Reads the command line; what is wrong with it becomes an Answer of one line.
Command parse_command_line(int count, const char* const* words);

}  // namespace cli
