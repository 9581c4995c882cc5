#pragma once

#include <stop_token>

#include "base/result.hpp"
#include "coro/task.hpp"
#include "fetch/download.hpp"
#include "fetch/run.hpp"

namespace fetch {

/// How an attempt ended well.
enum class Fetched {
  saved,
  not_modified,  ///< the file that is there is the server's version
};

/// One attempt: asks, follows redirects, and lays the body on disk under the download's name or the
/// next free one. Notes in the outcome what it learns, and leaves the partial body that can be
/// continued, also when it fails. Gives the turn back as soon as the body has come. All but `stop`
/// must outlive it.
coro::Task<base::Result<Fetched>> fetch_once(Run& run, Download& download, std::stop_token stop);

}  // namespace fetch
