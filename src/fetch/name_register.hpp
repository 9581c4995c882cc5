#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fetch/file_name.hpp"

namespace fetch {

/// Which names a run has given away. Asked in the order of the list, it gives every line a name of
/// its own that depends on the lines before it and on nothing else: not on what the servers answer,
/// nor on which transfer ends first. It keeps 8 bytes per name in a table that is at least 7/16
/// full: names are compared by their 64-bit hash, so that once in 10^8 runs of a million lines one
/// of them gets a number that it did not need.
class NameRegister {
 public:
  /// The smallest number (1 is none) with which nobody has `name` yet, nor could get it: a name
  /// without an extension may get any of known_extensions() when the media type is known.
  std::uint64_t claim(const FileName& name);

  /// Takes `text` as it stands, such as the log's name.
  void reserve(std::string_view text);

 private:
  using Key = std::uint64_t;

  bool is_free(const FileName& name, std::uint64_t number) const;
  bool has(Key key) const;
  void insert(Key key);
  void grow();

  std::vector<Key> table_ = std::vector<Key>(64, 0);  ///< open addressing; 0: empty
  std::size_t count_ = 0;
  /// Where to go on looking for a name that many lines share; without it they would cost n².
  std::unordered_map<Key, std::uint64_t> next_number_;
};

}  // namespace fetch
