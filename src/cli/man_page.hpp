#pragma once

#include <string>

#include "cli/manual.hpp"

namespace cli {

/// The manual page fetcher(1), in the man macros that groff and mandoc understand.
std::string man_page(const Manual& manual);

}  // namespace cli
