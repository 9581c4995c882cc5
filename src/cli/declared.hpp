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

/// Of an option that is given more than once the last one holds, as with curl: what an alias says
/// is changed behind it. Those that may be given more than once all hold.
void let_last_hold(CLI::App& app);

/// "[SOURCE...]": what may stand there besides options.
std::string operands_of(const CLI::App& app);

}  // namespace cli
