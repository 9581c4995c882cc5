#include "fetch/fetch_all.hpp"

#include <functional>
#include <optional>
#include <utility>
#include <variant>

#include "coro/nursery.hpp"
#include "fetch/fetch_one.hpp"

namespace fetch {
namespace {

Outcome outcome_of(BadLine line) {
  Outcome outcome;
  outcome.origin = std::move(line.origin);
  outcome.url = std::move(line.text);
  outcome.failure = std::move(line.failure);
  outcome.at = std::chrono::system_clock::now();
  return outcome;
}

/// A URL that stood in the list before, when each is wanted once.
Outcome outcome_of_repeated(Job job) {
  Outcome outcome;
  outcome.origin = std::move(job.origin);
  outcome.url = job.url.shown();
  outcome.status = Status::skipped;
  outcome.at = std::chrono::system_clock::now();
  return outcome;
}

/// A URL whose file cannot have the name that is wanted.
Outcome outcome_of_unnamed(Job job, base::Failure failure) {
  Outcome outcome;
  outcome.origin = std::move(job.origin);
  outcome.url = job.url.shown();
  outcome.out = std::move(job.out);
  outcome.wanted_sha256 = std::move(job.sha256);
  outcome.failure = std::move(failure);
  outcome.at = std::chrono::system_clock::now();
  return outcome;
}

/// Names are given in the order of the list, before anything can end in another order.
base::Result<ClaimedName> claim_name(Run& run, const Job& job) {
  ClaimedName claimed;
  claimed.name = job.out.empty() ? run.name_template.name_for(job.url, job.origin.n)
                                 : split_extension(make_safe_path(job.out));
  if (run.names.is_below_file(claimed.name))
    return base::Failure(base::Kind::name_conflict, 0,
                         "a line before has a file where `out` needs a directory");
  claimed.number = run.names.claim(claimed.name);
  return claimed;
}

coro::Task<> report(Run& run, Outcome outcome) {
  // A disk that is full is full for the rest of the list too.
  if (outcome.failure && outcome.failure->kind() == base::Kind::disk) run.intake.request_stop();
  co_await run.reporter.tell(std::move(outcome));
}

coro::Task<> fetch_and_report(Run& run, Job job, ClaimedName name, coro::Permit line, Turn turn,
                              std::stop_token stop) {
  const coro::Permit until_reported = std::move(line);
  Outcome outcome = co_await fetch_one(run, std::move(job), std::move(name), std::move(turn), stop);
  co_await report(run, std::move(outcome));
}

coro::Task<> take_lines(coro::Nursery& nursery, Run& run, UrlList& list) {
  const std::stop_token stop = run.intake.get_token();
  for (;;) {
    std::optional<coro::Permit> line = co_await run.lines.acquire(stop);
    if (!line) co_return;
    std::optional<Entry> entry = co_await list.next(stop);
    if (!entry) co_return;
    if (auto* const bad_line = std::get_if<BadLine>(&*entry)) {
      Outcome outcome = outcome_of(std::move(*bad_line));
      co_await report(run, std::move(outcome));
      continue;
    }
    Job& job = std::get<Job>(*entry);
    if (run.options.is_unique && job.origin.repeat > 0) {
      Outcome outcome = outcome_of_repeated(std::move(job));
      co_await report(run, std::move(outcome));
      continue;
    }
    // Only now: a list whose next line does not come keeps no turn from those that wait for one.
    std::optional<Turn> turn = co_await run.hosts.take(stop);
    if (!turn) co_return;
    while (run.http.memory().is_full() && !stop.stop_requested())
      co_await run.http.memory().wait_for_room(stop);
    job.taken_at = run.clock.now();
    base::Result<ClaimedName> name = claim_name(run, job);
    if (!name) {
      Outcome outcome = outcome_of_unnamed(std::move(job), name.error());
      co_await report(run, std::move(outcome));
      continue;
    }
    nursery.spawn(fetch_and_report(run, std::move(job), std::move(*name), std::move(*line),
                                   std::move(*turn), nursery.stop_token()));
  }
}

}  // namespace

coro::Task<> fetch_all(Run& run, UrlList& list) {
  co_await coro::with_nursery(run.loop.ready(), run.cancel.get_token(), take_lines, std::ref(run),
                              std::ref(list));
}

}  // namespace fetch
