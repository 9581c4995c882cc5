#pragma once

#include <functional>
#include <string>

#include "base/result.hpp"
#include "fetch/record.hpp"

namespace fetch {

/// Calls `take`, in the order of an open log, for the one record that tells what became of each
/// line (URL and repeat) in the end: its last one, or, when the last only says that the file was
/// there, the last that says how it came. Reads the log twice, keeps 24 bytes per record meanwhile,
/// and may find it growing. Blocks. Kind of a failure: `bad_url`, with words for the user.
base::Result<void> for_each_final_record(int log, const std::string& path,
                                         const std::function<void(const Record&)>& take);

}  // namespace fetch
