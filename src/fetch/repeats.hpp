#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "base/key_set.hpp"

namespace fetch {

/// Counts how often each URL of a list has come. With its URL that number names a line in a way
/// that outlives an edit of the list.
class Repeats {
 public:
  /// How many times `url` came before.
  std::uint64_t count(std::string_view url);

 private:
  base::KeySet seen_;
  std::unordered_map<std::uint64_t, std::uint64_t> again_;  ///< of those that came twice: how often
};

}  // namespace fetch
