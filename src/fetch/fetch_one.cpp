#include "fetch/fetch_one.hpp"

#include <optional>
#include <utility>

#include "fetch/earlier.hpp"
#include "fetch/fetch_once.hpp"
#include "fetch/retry.hpp"
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

/// How long to wait before the next try, if there is one. A server that asks to be left alone is
/// left alone by all lines.
std::optional<base::Duration> wait_before_next_try(Run& run, const http::Url& url,
                                                   const Outcome& outcome,
                                                   const base::Failure& failure,
                                                   base::Time began_at) {
  const base::Time now = run.clock.now();
  FailedAttempt attempt;
  attempt.attempts = outcome.attempts;
  attempt.elapsed = now - began_at;
  attempt.wait_of_host = outcome.wait_of_server;
  const auto wait = next_try(run.options.retry, failure, attempt, run.chance());
  if (wait && outcome.wait_of_server) run.hosts.pause(url.origin(), now + *wait);
  return wait;
}

/// Attempts until one succeeds or no other is worth it.
coro::Task<base::Result<Fetched>> fetch_with_retries(Run& run, Job& job, ClaimedName& name,
                                                     Outcome& outcome, Turn& turn,
                                                     std::stop_token stop) {
  const base::Failure stopped(base::Kind::cancelled, 0, "stopped before it was complete");
  base::Result<Fetched> fetched = stopped;
  std::optional<base::Time> began_at;
  bool goes_on = true;
  while (goes_on) {
    const bool may_ask = co_await run.hosts.admit(turn, job.url.origin(), stop);
    if (!may_ask) break;
    if (!began_at) began_at = run.clock.now();
    outcome.queued = duration_cast<microseconds>(*began_at - job.taken_at);
    ++outcome.attempts;
    fetched = co_await fetch_once(run, job, name, outcome, turn, stop);
    outcome.total = duration_cast<microseconds>(run.clock.now() - *began_at);
    if (fetched) break;
    turn.give_back();
    const auto wait = wait_before_next_try(run, job.url, outcome, fetched.error(), *began_at);
    goes_on = wait.has_value();
    if (goes_on) goes_on = co_await run.clock.sleep(*wait, stop);
  }
  co_return fetched;
}

/// The file that makes a request needless, or "".
coro::Task<std::string> find_what_is_there(Run& run, Job& job, ClaimedName& name,
                                           Outcome& outcome) {
  if (!run.log.empty()) {
    const auto look = [&] { return look_for_earlier(run.log, run.directory, outcome); };
    Earlier earlier = co_await loop::on_pool(run.loop, look);
    if (earlier.is_whole && run.options.on_saved == OnSaved::skip) co_return earlier.file;
    if (earlier.is_whole && run.options.on_saved == OnSaved::update)
      job.unless = std::move(earlier.validators);
    if (!earlier.file.empty()) name = ClaimedName{split_extension(earlier.file), 1, true};
  }
  std::string there;
  if (run.options.on_collision == OnCollision::skip && !name.is_ours) {
    const auto look = [&] { return name_that_is_there(run.directory, name); };
    there = co_await loop::on_pool(run.loop, look);
  }
  co_return there;
}

void note_success(Outcome& outcome, Fetched fetched, const ClaimedName& name) {
  outcome.status = fetched == Fetched::saved ? Status::saved : Status::skipped;
  if (fetched == Fetched::not_modified) outcome.file = name.text();
}

}  // namespace

coro::Task<Outcome> fetch_one(Run& run, Job job, ClaimedName name, Turn turn,
                              std::stop_token stop) {
  Turn mine = std::move(turn);  // a parameter would live until the record is written
  Outcome outcome;
  outcome.origin = std::move(job.origin);
  outcome.url = job.url.shown();
  outcome.out = job.out;
  outcome.wanted_sha256 = job.sha256;

  outcome.file = co_await find_what_is_there(run, job, name, outcome);
  if (!outcome.file.empty()) {
    outcome.status = Status::skipped;
  } else {
    const base::Result<Fetched> fetched =
        co_await fetch_with_retries(run, job, name, outcome, mine, stop);
    if (fetched)
      note_success(outcome, *fetched, name);
    else
      outcome.failure = fetched.error();
  }
  outcome.at = std::chrono::system_clock::now();
  co_return outcome;
}

}  // namespace fetch
