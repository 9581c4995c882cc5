#pragma once

#include <optional>
#include <string>

#include "disk/directory.hpp"
#include "fetch/log_index.hpp"
#include "fetch/outcome.hpp"

namespace fetch {

/// What earlier runs have left of a line.
struct Earlier {
  std::string file;                ///< the name that the line got, or "" when nothing was saved
  bool is_whole = false;           ///< the file is there with the size that was logged
  std::string sha256;              ///< of that file, or "" when it was not noted
  Validators validators;           ///< of that file
  std::optional<Partial> partial;  ///< of a body that an interrupted run has begun
};

/// Looks into the log, and for the file that it names. The log is only a hint: what it calls saved
/// may have been deleted, shortened, or lost with the power. Blocks.
Earlier look_for_earlier(const LogIndex& log, const disk::Directory& directory,
                         const Outcome& outcome);

}  // namespace fetch
