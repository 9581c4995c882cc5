#pragma once

#include <string>

#include "base/units.hpp"
#include "report/tally.hpp"

namespace report {

/// "13.2 MB": in powers of 1000, with three digits.
std::string readable_bytes(double bytes);

/// The line that is shown while a run goes on. `received` counts the bytes of all bodies so far.
std::string status_line(const Tally& tally, std::size_t running, base::Bytes received,
                        base::Duration elapsed);

/// "1.25 ms": with three digits.
std::string readable_seconds(double seconds);

/// What is said at the end of a run, in a few lines.
std::string summary(Tally& tally, base::Duration elapsed);

}  // namespace report
