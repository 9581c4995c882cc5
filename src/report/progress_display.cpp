#include "report/progress_display.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "http/transfer.hpp"

namespace report {
namespace {

using namespace std::chrono_literals;

// What ends sooner would only flicker.
constexpr base::Duration least_shown = 500ms;

std::string name_of(const http::Transfer& transfer) {
  const std::string& url = transfer.url().shown();
  const std::size_t scheme = transfer.url().scheme().size() + std::string_view("://").size();
  return base::printable(url.substr(std::min(scheme, url.size())));
}

/// How much of their bodies has come of the files that run, in files.
double begun(const std::vector<http::Transfer*>& running) {
  double sum = 0;
  for (const http::Transfer* const transfer : running)
    if (transfer->length().value_or(0) > 0)
      sum += static_cast<double>(transfer->received()) / static_cast<double>(*transfer->length());
  return sum;
}

std::vector<TransferProgress> longest(const std::vector<http::Transfer*>& running, base::Time now) {
  std::vector<const http::Transfer*> shown;
  std::copy_if(running.begin(), running.end(), std::back_inserter(shown),
               [&](const http::Transfer* each) { return now - each->began_at() >= least_shown; });
  const std::size_t count = std::min(shown.size(), most_shown_transfers);
  std::partial_sort(shown.begin(), shown.begin() + static_cast<std::ptrdiff_t>(count), shown.end(),
                    [](const http::Transfer* a, const http::Transfer* b) {
                      return a->began_at() < b->began_at();
                    });
  std::vector<TransferProgress> longest;
  for (std::size_t i = 0; i < count; ++i)
    longest.push_back({name_of(*shown[i]), now - shown[i]->began_at(), shown[i]->has_head(),
                       shown[i]->received(), shown[i]->length()});
  return longest;
}

}  // namespace

ProgressDisplay::ProgressDisplay(Console& console, const fetch::Run& run,
                                 const fetch::UrlList& list, const fetch::ListLength& length,
                                 const Tally& tally)
    : console_(console),
      run_(run),
      list_(list),
      length_(length),
      tally_(tally),
      began_at_(run.clock.now()) {
  bytes_.note(began_at_, 0);
  lines_.note(began_at_, 0);
}

coro::Task<> ProgressDisplay::keep_showing(std::stop_token stop) {
  coro::Task<> showing = console_.is_terminal() ? keep_drawing(stop) : keep_saying(stop);
  co_await std::move(showing);
}

coro::Task<> ProgressDisplay::keep_drawing(std::stop_token stop) {
  bool goes_on = co_await run_.clock.sleep(100ms, stop);
  while (goes_on) {
    console_.show(progress_block(look(), console_.screen()));
    goes_on = co_await run_.clock.sleep(100ms, stop);
  }
  console_.clear();
}

coro::Task<> ProgressDisplay::keep_saying(std::stop_token stop) {
  bool goes_on = co_await run_.clock.sleep(10s, stop);
  while (goes_on) {
    console_.say(progress_line(look()));
    // Of a run of days nobody wants thousands of lines.
    const base::Duration wait = std::clamp<base::Duration>(elapsed() / 10, 10s, 60s);
    goes_on = co_await run_.clock.sleep(wait, stop);
  }
}

void ProgressDisplay::say() {
  const Progress progress = look();
  console_.say(progress_line(progress));
  for (const TransferProgress& transfer : progress.longest) console_.say(transfer_line(transfer));
}

Progress ProgressDisplay::look() {
  const base::Time now = run_.clock.now();
  Progress progress;
  progress.saved = tally_.saved;
  progress.failed = tally_.failed();
  progress.skipped = tally_.skipped;
  progress.running = run_.http.running().size();
  progress.retrying = run_.retrying;
  progress.begun = begun(run_.http.running());
  progress.received = run_.http.received();
  progress.elapsed = now - began_at_;
  progress.longest = longest(run_.http.running(), now);
  // A list may have grown since it was counted.
  if (list_.has_ended())
    progress.lines = list_.given();
  else if (length_.lines())
    progress.lines = std::max(*length_.lines(), list_.given());
  bytes_.note(now, static_cast<double>(progress.received));
  lines_.note(now, static_cast<double>(progress.done()) + progress.begun);
  progress.bytes_per_second = bytes_.per_second();
  progress.lines_per_second = lines_.per_second();
  return progress;
}

}  // namespace report
