#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fetch/file_name.hpp"
#include "fetch/host_limits.hpp"
#include "fetch/job.hpp"
#include "fetch/outcome.hpp"

namespace fetch {

/// A file's name, and the number that makes it unlike the names before it.
struct ClaimedName {
  FileName name;
  std::uint64_t number = 1;
  bool is_ours = false;  ///< an earlier run has given it to this line: what is there is replaced

  std::string text() const { return name.text(number); }
};

/// A line of the list on its way to the disk: all that lives from one attempt to the next.
struct Download {
  Job job;
  ClaimedName name;
  Turn turn;
  Outcome outcome;
  std::optional<Partial> partial;
  std::string sha256_before;  ///< of the file that an earlier run has saved, when it was noted
  int shortages = 0;          ///< times that it had to wait for a descriptor
};

}  // namespace fetch
