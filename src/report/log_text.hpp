#pragma once

#include <cstddef>
#include <string>

#include "report/log_review.hpp"

namespace report {

/// A review in words, for a terminal: no control characters but LF. Lines are cut at `width`
/// columns; 0 leaves them whole.
std::string text_of(const LogReview& review, const std::string& log, std::size_t width);

}  // namespace report
