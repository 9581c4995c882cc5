#pragma once

#include <stop_token>

#include "base/result.hpp"
#include "coro/task.hpp"
#include "fetch/host_limits.hpp"
#include "fetch/job.hpp"
#include "fetch/outcome.hpp"
#include "fetch/run.hpp"

namespace fetch {

/// How an attempt ended well.
enum class Fetched {
  saved,
  not_modified,  ///< the file that is there is the server's version
};

/// One attempt: asks, follows redirects, and lays the body on disk under `name` or the next free
/// one. Notes in `outcome` what it learns, also when it fails. Gives `turn` back as soon as the
/// body has come. All but `stop` must outlive it.
coro::Task<base::Result<Fetched>> fetch_once(Run& run, Job& job, ClaimedName& name,
                                             Outcome& outcome, Turn& turn, std::stop_token stop);

}  // namespace fetch
