#include "report/run_report.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "fetch/record.hpp"
#include "report/summary.hpp"

namespace report {
namespace {

std::string place(const fetch::Origin& origin) {
  if (origin.list.empty()) return fmt::format("line {}", origin.n);
  return fmt::format("{}, line {}", base::printable(origin.list), origin.n);
}

}  // namespace

coro::Task<> RunReport::tell(fetch::Outcome outcome) {
  tally_.add(outcome);
  say(outcome);
  std::string record = fetch::to_record(outcome);
  const base::Result<void> logged = co_await log_.append(record);
  if (!logged && !has_lost_log_) {
    note_lost(has_lost_log_, logged.error());
    on_log_failure_();
  }
  if (!records_) co_return;
  const base::Result<void> written = co_await records_->append(std::move(record));
  if (!written) note_lost(has_lost_records_, written.error());
}

void RunReport::say(const fetch::Outcome& outcome) {
  // Who has stopped the run knows what becomes of the lines.
  const bool is_expected = !outcome.failure || outcome.failure->kind() == base::Kind::cancelled;
  if (is_expected && !is_verbose_) return;
  const std::string where = place(outcome.origin);
  const std::string url = base::printable(outcome.url);
  if (outcome.failure)
    console_.say(fmt::format("{}: {}: {}", where, url, base::printable(outcome.failure->words())));
  else if (outcome.status == fetch::Status::saved)
    console_.say(fmt::format("{}: {}: saved as {}, {}", where, url, base::printable(outcome.file),
                             readable_bytes(static_cast<double>(outcome.bytes))));
  else if (outcome.file.empty())
    console_.say(fmt::format("{}: {}: skipped, it stood in the list before", where, url));
  else
    console_.say(
        fmt::format("{}: {}: skipped, {} is there", where, url, base::printable(outcome.file)));
}

void RunReport::note_lost(bool& already, const base::Failure& failure) {
  if (!already) console_.say(base::printable(failure.words()));
  already = true;
}

}  // namespace report
