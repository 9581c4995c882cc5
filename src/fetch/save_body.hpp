#pragma once

#include "base/result.hpp"
#include "coro/task.hpp"
#include "fetch/download.hpp"
#include "fetch/run.hpp"
#include "http/transfer.hpp"

namespace fetch {

/// The body of `transfer`, whose head was asked for, laid on disk: a small one in a single job on
/// the pool, a large one piece by piece as it comes, after the partial body that it continues.
/// Nothing lies under its name before it is whole and has the digest that the job asks for. Notes
/// file, bytes and digest in the outcome; what broke off and can be continued is left as a partial
/// body.
coro::Task<base::Result<void>> save_body(Run& run, Download& download, http::Transfer& transfer);

/// Removes what the download has left of a body.
coro::Task<> drop_partial(Run& run, Download& download);

}  // namespace fetch
