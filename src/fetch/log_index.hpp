#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "fetch/record.hpp"

namespace fetch {

/// What a line of a list is known by from one run to the next: a hash of its URL and of how many
/// times that came before.
std::uint64_t line_key(std::string_view url, std::uint64_t repeat);

/// What earlier runs have noted in a log: for each line of a list the last record that says where
/// its file, or a part of it, lies. It keeps 16 bytes per record and reads the record itself from
/// the log when it is asked for; the log only grows meanwhile.
class LogIndex {
 public:
  LogIndex() = default;

  /// Reads all records from `log`, which must stay open for as long as the index is used. Blocks.
  /// Kind of a failure: `bad_url`, with words that say what to do, when a line is no record.
  static base::Result<LogIndex> read(int log, const std::string& path);

  /// What the log says of a URL that came `repeat` times before in its list. Blocks.
  std::optional<Record> find(const std::string& url, std::uint64_t repeat) const;

  bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    std::uint64_t key = 0;     ///< line_key()
    std::uint64_t offset = 0;  ///< of the record
  };

  int log_ = -1;
  std::vector<Entry> entries_;  ///< sorted by key
};

}  // namespace fetch
