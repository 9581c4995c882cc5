#include "cli/suggestion.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace cli {
namespace {

/// How many errors turn one word into the other: Damerau and Levenshtein's distance, in which no
/// letter moves twice.
std::size_t errors_between(std::string_view one, std::string_view other) {
  const std::size_t columns = other.size() + 1;
  std::vector<std::size_t> errors((one.size() + 1) * columns);
  const auto at = [&](std::size_t i, std::size_t j) -> std::size_t& {
    return errors[i * columns + j];
  };
  for (std::size_t i = 0; i <= one.size(); ++i) at(i, 0) = i;
  for (std::size_t j = 0; j <= other.size(); ++j) at(0, j) = j;
  for (std::size_t i = 1; i <= one.size(); ++i) {
    for (std::size_t j = 1; j <= other.size(); ++j) {
      const std::size_t wrong = one[i - 1] == other[j - 1] ? 0 : 1;
      at(i, j) = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + wrong});
      const bool is_swapped =
          i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
      if (is_swapped) at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
    }
  }
  return at(one.size(), other.size());
}

}  // namespace

std::string suggestion_for(std::string_view mistyped, std::span<const std::string> known) {
  constexpr std::size_t most_errors = 2;
  constexpr std::size_t longest = 64;  // nobody means one of ours by more
  std::string nearest;
  if (mistyped.size() > longest) return nearest;
  std::size_t fewest = most_errors + 1;
  for (const std::string& word : known) {
    const std::size_t errors = errors_between(mistyped, word);
    if (errors >= fewest || 2 * errors >= word.size()) continue;
    fewest = errors;
    nearest = word;
  }
  return nearest;
}

}  // namespace cli
