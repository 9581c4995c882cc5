#pragma once

#include <string>

#include "base/result.hpp"
#include "coro/task.hpp"
#include "disk/part_file.hpp"
#include "fetch/download.hpp"
#include "fetch/run.hpp"

namespace fetch {

/// Gives a part its name. Where somebody else's file has that, `name` gets another number, until
/// one is free.
coro::Task<base::Result<void>> publish(Run& run, disk::PartFile& part, ClaimedName& name);

/// The same for a part that was closed, between the syncs that it shares with others. What waits
/// here is only a name in memory: no permit, no descriptor and no bytes.
coro::Task<base::Result<void>> publish_in_group(Run& run, disk::PartFile& part, ClaimedName& name);

/// Writes and publishes a whole body, which must live until then: one job on the pool.
coro::Task<base::Result<void>> publish_whole(Run& run, std::string& bytes, ClaimedName& name);

}  // namespace fetch
