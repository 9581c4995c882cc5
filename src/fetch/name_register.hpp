#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "base/key_set.hpp"
#include "fetch/file_name.hpp"

namespace fetch {

/// Which names a run has given away. Asked in the order of the list, it gives every line a name of
/// its own that depends on the lines before it and on nothing else: not on what the servers answer,
/// nor on which transfer ends first. Names are compared by their 64-bit hash, so that once in 10^8
/// runs of a million lines one of them gets a number that it did not need.
class NameRegister {
 public:
  /// With `folds_case`, names that differ only in case are one name.
  explicit NameRegister(bool folds_case = false) : folds_case_(folds_case) {}

  /// The smallest number (1 is none) with which nobody has `name` yet, nor could get it: a name
  /// without an extension may get any of known_extensions() when the media type is known.
  /// The directories on the way to it are nobody's names any more.
  std::uint64_t claim(const FileName& name);

  /// Whether one of the directories on the way to `name` cannot be one: a file has its name.
  bool is_below_file(const FileName& name) const;

  /// Takes `text` as it stands, such as the log's name.
  void reserve(std::string_view text);

 private:
  std::uint64_t key_of(std::string_view text) const;

  /// Stands for the name with any extension: no file name has a NUL in it.
  std::uint64_t key_of_any_extension(std::string text) const;

  bool is_taken(const std::string& text) const;
  bool is_free(const FileName& name, std::uint64_t number) const;

  bool folds_case_;
  base::KeySet taken_;
  /// Where to go on looking for a name that many lines share; without it they would cost n².
  std::unordered_map<std::uint64_t, std::uint64_t> next_number_;
};

}  // namespace fetch
