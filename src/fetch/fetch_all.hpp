#pragma once

#include "coro/task.hpp"
#include "fetch/run.hpp"
#include "fetch/url_list.hpp"

namespace fetch {

/// Fetches every line of `list`, as many at once as the limits let, and reports each of them once.
/// A line is only read when there is a turn and room in memory for it. Ends when the list does, or
/// when an intake that was stopped has let the running lines end. Both must outlive it.
coro::Task<> fetch_all(Run& run, UrlList& list);

}  // namespace fetch
