#include "fetch/fetch_one.hpp"

#include <algorithm>
#include <utility>

#include "fetch/fetch_once.hpp"
#include "loop/pool_work.hpp"

namespace fetch {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

/// The name under which the file is there already, or "". A name without an extension may have got
/// any of those that a media type stands for.
std::string name_that_is_there(const disk::Directory& directory, const ClaimedName& wanted) {
  if (directory.has(wanted.text())) return wanted.text();
  if (!wanted.name.extension.empty()) return "";
  ClaimedName other = wanted;
  for (const std::string_view extension : known_extensions()) {
    other.name.extension = extension;
    if (directory.has(other.text())) return other.text();
  }
  return "";
}

}  // namespace

coro::Task<Outcome> fetch_one(Run& run, Job job, ClaimedName name, coro::Permit permit,
                              std::stop_token stop) {
  coro::Permit mine = std::move(permit);  // a parameter would live until the record is written
  Outcome outcome;
  outcome.origin = std::move(job.origin);
  outcome.url = job.url.shown();

  if (run.options.on_collision == OnCollision::skip) {
    const auto look = [&] { return name_that_is_there(run.directory, name); };
    outcome.file = co_await loop::on_pool(run.loop, look);
  }
  if (!outcome.file.empty()) {
    outcome.status = Status::skipped;
  } else {
    const base::Time began_at = run.clock.now();
    outcome.queued = duration_cast<microseconds>(began_at - job.taken_at);
    ++outcome.attempts;
    const base::Result<void> fetched = co_await fetch_once(run, job, name, outcome, mine, stop);
    outcome.total = duration_cast<microseconds>(run.clock.now() - began_at);
    outcome.status = fetched ? Status::saved : Status::failed;
    if (!fetched) outcome.failure = fetched.error();
  }
  outcome.at = std::chrono::system_clock::now();
  co_return outcome;
}

}  // namespace fetch
