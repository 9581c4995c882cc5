#pragma once

#include <stop_token>

#include "base/result.hpp"
#include "coro/semaphore.hpp"
#include "coro/task.hpp"
#include "fetch/job.hpp"
#include "fetch/outcome.hpp"
#include "fetch/run.hpp"

namespace fetch {

/// One attempt: asks, follows redirects, and lays the body on disk under `name` or the next free
/// one. Notes in `outcome` what it learns, also when it fails. Gives `permit` back as soon as the
/// body has come. All but `stop` must outlive it.
coro::Task<base::Result<void>> fetch_once(Run& run, Job& job, ClaimedName& name, Outcome& outcome,
                                          coro::Permit& permit, std::stop_token stop);

}  // namespace fetch
