#pragma once

#include "cli/manual.hpp"
#include "cli/options.hpp"

namespace cli {

/// Reads the command line; what is wrong with it becomes an Answer of one line.
Command parse_command_line(int count, const char* const* words);

/// What the command line says of itself, from the options that it declares.
Manual make_manual();

}  // namespace cli
