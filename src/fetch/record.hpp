#pragma once

#include <string>

#include "fetch/outcome.hpp"

namespace fetch {

/// An outcome as one line of JSON, LF included. What a server or a list said appears as valid
/// UTF-8 without any control character: those are escaped, other bytes become U+FFFD.
std::string to_record(const Outcome& outcome);

}  // namespace fetch
