#pragma once

#include "base/result.hpp"
#include "coro/task.hpp"
#include "fetch/host_limits.hpp"
#include "fetch/job.hpp"
#include "fetch/outcome.hpp"
#include "fetch/run.hpp"
#include "http/transfer.hpp"

namespace fetch {

/// The body of `transfer`, whose head was asked for, laid on disk: a small one in a single job on
/// the pool, a large one piece by piece as it comes. Nothing lies under its name before it is
/// whole and has the digest that the job asks for. Notes file, bytes and digest in `outcome`.
coro::Task<base::Result<void>> save_body(Run& run, http::Transfer& transfer, Job& job,
                                         ClaimedName& name, Outcome& outcome, Turn& turn);

}  // namespace fetch
