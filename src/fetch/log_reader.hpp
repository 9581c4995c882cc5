#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "fetch/record.hpp"

namespace fetch {

/// Calls `take` for each record of an open log with the offset at which it begins. Blocks. Kind of
/// a failure: `bad_url` when a line is no record.
base::Result<void> for_each_record(int log, const std::string& path,
                                   const std::function<void(std::uint64_t, const Record&)>& take);

/// Whether its line was wrong by itself, so that nothing was asked for.
bool is_of_bad_line(const Record& record);

/// What tells the lines apart that a log knows by the same URL: how often it came before, and the
/// number of a line that is wrong by itself, because those are not counted.
std::uint64_t ordinal(const Record& record);

/// The record that begins at `offset`. Blocks.
std::optional<Record> read_record(int log, std::uint64_t offset);

}  // namespace fetch
