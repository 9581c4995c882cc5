#include "fetch/fetch_one.hpp"

#include <optional>
#include <utility>

#include "fetch/earlier.hpp"
#include "fetch/fetch_once.hpp"
#include "fetch/retry.hpp"
#include "fetch/save_body.hpp"
#include "loop/pool_work.hpp"

namespace fetch {
namespace {

using namespace std::chrono_literals;
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

bool stand_together(const std::string& a, const std::string& b) {
  return a.substr(0, a.rfind('/') + 1) == b.substr(0, b.rfind('/') + 1);
}

/// Too few descriptors are not the line's failure: fewer requests at once, and another attempt that
/// does not count. When waiting does not help, somebody else has them.
std::optional<base::Duration> wait_for_descriptors(Run& run, Download& download) {
  constexpr int most_waits = 50;
  if (++download.shortages > most_waits) return std::nullopt;
  run.hosts.lower();
  --download.outcome.attempts;
  return 100ms;
}

/// How long to wait before the next try, if there is one. A server that asks to be left alone is
/// left alone by all lines.
std::optional<base::Duration> wait_before_next_try(Run& run, Download& download,
                                                   const base::Failure& failure,
                                                   base::Time began_at) {
  if (base::lacks_descriptors(failure)) return wait_for_descriptors(run, download);
  const base::Time now = run.clock.now();
  const auto wait_of_server = download.outcome.answer.wait_of_server;
  FailedAttempt attempt;
  attempt.attempts = download.outcome.attempts;
  attempt.elapsed = now - began_at;
  attempt.wait_of_host = wait_of_server;
  const auto wait = next_try(run.options.retry, failure, attempt, run.chance());
  if (wait && wait_of_server) run.hosts.pause(download.job.url.origin(), now + *wait);
  return wait;
}

/// Attempts until one succeeds or no other is worth it.
coro::Task<base::Result<Fetched>> fetch_with_retries(Run& run, Download& download,
                                                     std::stop_token stop) {
  Outcome& outcome = download.outcome;
  const base::Failure stopped(base::Kind::cancelled, 0, "stopped before it was complete");
  base::Result<Fetched> fetched = stopped;
  std::optional<base::Time> began_at;
  bool goes_on = true;
  while (goes_on) {
    const bool may_ask = co_await run.hosts.admit(download.turn, download.job.url.origin(), stop);
    if (!may_ask) break;
    if (!began_at) began_at = run.clock.now();
    outcome.queued = duration_cast<microseconds>(*began_at - download.job.taken_at);
    ++outcome.attempts;
    fetched = co_await fetch_once(run, download, stop);
    outcome.total = duration_cast<microseconds>(run.clock.now() - *began_at);
    if (fetched) break;
    download.turn.give_back();
    const auto wait = wait_before_next_try(run, download, fetched.error(), *began_at);
    if (!wait) break;
    ++run.retrying;
    goes_on = co_await run.clock.sleep(*wait, stop);
    --run.retrying;
  }
  co_return fetched;
}

/// The file that makes a request needless, or "".
coro::Task<std::string> find_what_is_there(Run& run, Download& download) {
  if (!run.log.empty()) {
    const auto look = [&] { return look_for_earlier(run.log, run.directory, download.outcome); };
    Earlier earlier = co_await loop::on_pool(run.loop, look);
    if (earlier.is_whole && run.options.on_saved == OnSaved::skip) {
      download.outcome.sha256 = std::move(earlier.sha256);
      co_return earlier.file;
    }
    download.sha256_before = std::move(earlier.sha256);
    if (earlier.is_whole && run.options.on_saved == OnSaved::update)
      download.job.unless = std::move(earlier.validators);
    if (!earlier.file.empty()) download.name = ClaimedName{split_extension(earlier.file), 1, true};
    if (run.options.on_saved == OnSaved::skip) download.partial = std::move(earlier.partial);
    // A part becomes a file of its own directory only.
    if (download.partial && !stand_together(download.partial->name, download.name.text()))
      co_await drop_partial(run, download);
  }
  std::string there;
  if (run.options.on_collision == OnCollision::skip && !download.name.is_ours) {
    const auto look = [&] { return name_that_is_there(run.directory, download.name); };
    there = co_await loop::on_pool(run.loop, look);
  }
  co_return there;
}

void note_success(Download& download, Fetched fetched) {
  Outcome& outcome = download.outcome;
  outcome.status = fetched == Fetched::saved ? Status::saved : Status::skipped;
  if (fetched == Fetched::saved) return;
  outcome.file = download.name.text();
  outcome.sha256 = std::move(download.sha256_before);
}

/// Of a run that was stopped the next one takes what it has begun; otherwise nothing is left.
coro::Task<> keep_or_drop_partial(Run& run, Download& download, std::stop_token stop) {
  Outcome& outcome = download.outcome;
  if (download.partial && stop.stop_requested()) {
    outcome.answer.etag = download.partial->etag;
    outcome.answer.type = download.partial->type;
    outcome.answer.last_modified = download.partial->last_modified;
    outcome.partial = std::move(download.partial);
  } else {
    co_await drop_partial(run, download);
  }
}

}  // namespace

coro::Task<Outcome> fetch_one(Run& run, Job job, ClaimedName name, Turn turn,
                              std::stop_token stop) {
  // A parameter would live until the record is written, and the turn with it.
  Download download{std::move(job), std::move(name), std::move(turn), Outcome(), std::nullopt, ""};
  Outcome& outcome = download.outcome;
  outcome.origin = std::move(download.job.origin);
  outcome.url = download.job.url.shown();
  outcome.out = download.job.out;
  outcome.wanted_sha256 = download.job.sha256;

  outcome.file = co_await find_what_is_there(run, download);
  if (!outcome.file.empty()) {
    outcome.status = Status::skipped;
  } else {
    const base::Result<Fetched> fetched = co_await fetch_with_retries(run, download, stop);
    if (fetched)
      note_success(download, *fetched);
    else
      outcome.failure = fetched.error();
    co_await keep_or_drop_partial(run, download, stop);
  }
  outcome.at = std::chrono::system_clock::now();
  co_return std::move(outcome);
}

}  // namespace fetch
