#pragma once

#include <string>
#include <vector>

#include "cli/manual.hpp"

namespace CLI {
class App;
}

namespace cli {

/// The options that were declared in `app`, in that order, without a group under "Options". Words
/// that end in "[...]" say there what holds without the option.
std::vector<OptionText> options_of(const CLI::App& app);

/// "[SOURCE...]": what may stand there besides options.
std::string operands_of(const CLI::App& app);

}  // namespace cli
