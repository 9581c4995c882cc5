#pragma once

#include <functional>
#include <optional>

#include "disk/append_file.hpp"
#include "fetch/run.hpp"
#include "report/console.hpp"
#include "report/tally.hpp"

namespace report {

/// Tells everybody who wants to know what became of a line: the log first, then stdout with
/// --json, the tally, and the console.
class RunReport : public fetch::Reporter {
 public:
  /// `records` may be null. `on_log_failure` is called once when the log cannot be written.
  RunReport(Console& console, disk::AppendFile& log, disk::AppendFile* records, bool is_verbose,
            std::function<void()> on_log_failure)
      : console_(console),
        log_(log),
        records_(records),
        is_verbose_(is_verbose),
        on_log_failure_(std::move(on_log_failure)) {}

  coro::Task<> tell(fetch::Outcome outcome) override;

  const Tally& tally() const { return tally_; }
  Tally& tally() { return tally_; }

  /// True when the log or the records on stdout could not be written.
  bool has_lost_records() const { return has_lost_log_ || has_lost_records_; }

 private:
  void say(const fetch::Outcome& outcome);
  void note_lost(bool& already, const base::Failure& failure);

  Console& console_;
  disk::AppendFile& log_;
  disk::AppendFile* records_;
  bool is_verbose_;
  std::function<void()> on_log_failure_;
  Tally tally_;
  bool has_lost_log_ = false;
  bool has_lost_records_ = false;
};

}  // namespace report
