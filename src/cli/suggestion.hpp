#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cli {

/// Which of `known` was meant by a word that is mistyped: the one that is the fewest errors away (a
/// letter too many, too few, wrong, or in its neighbour's place), if there are at most two, and
/// less than half of the letters. Else "".
std::string suggestion_for(std::string_view mistyped, std::span<const std::string> known);

}  // namespace cli
