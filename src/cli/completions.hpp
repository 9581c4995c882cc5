#pragma once

#include <string>

#include "cli/manual.hpp"

namespace cli {

/// Completion of commands, options, choices, files and topics, as each shell wants to be told of
/// it.
std::string bash_completion(const Manual& manual);
std::string zsh_completion(const Manual& manual);
std::string fish_completion(const Manual& manual);

}  // namespace cli
