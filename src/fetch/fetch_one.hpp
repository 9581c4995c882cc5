#pragma once

#include <stop_token>

#include "coro/task.hpp"
#include "fetch/download.hpp"
#include "fetch/run.hpp"

namespace fetch {

/// The life of one line of the list: tried until it is fetched or given up, or skipped because it
/// is there already. `run` must outlive it; `stop` ends it early with a failure of kind
/// `cancelled`.
coro::Task<Outcome> fetch_one(Run& run, Job job, ClaimedName name, Turn turn, std::stop_token stop);

}  // namespace fetch
