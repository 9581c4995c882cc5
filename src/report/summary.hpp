#pragma once

#include <cstdint>
#include <string>

#include "base/units.hpp"
#include "report/tally.hpp"

namespace report {

/// "13.2 MB": in powers of 1000, with three digits.
std::string readable_bytes(double bytes);

/// "1,234,567"
std::string readable_count(std::uint64_t count);

/// "1.25 ms": with three digits.
std::string readable_seconds(double seconds);

/// What is said at the end of a run, in a few lines.
std::string summary(Tally& tally, base::Duration elapsed);

}  // namespace report
