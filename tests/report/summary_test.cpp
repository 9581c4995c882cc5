#include "report/summary.hpp"

#include <doctest/doctest.h>

#include <string>

TEST_SUITE_BEGIN("report");

using namespace std::chrono_literals;

namespace {

report::Tally three_lines() {
  report::Tally tally;
  fetch::Outcome outcome;
  outcome.status = fetch::Status::saved;
  outcome.bytes = 1500;
  tally.add(outcome);
  outcome.status = fetch::Status::skipped;
  tally.add(outcome);
  outcome.status = fetch::Status::failed;
  outcome.failure = base::Failure(base::Kind::timeout, 0, "");
  tally.add(outcome);
  return tally;
}

}  // namespace

TEST_CASE("bytes are shown with three digits and a unit") {
  CHECK(report::readable_bytes(0) == "0 B");
  CHECK(report::readable_bytes(999) == "999 B");
  CHECK(report::readable_bytes(1000) == "1.00 kB");
  CHECK(report::readable_bytes(13'240'000) == "13.2 MB");
  CHECK(report::readable_bytes(999'600) == "1.00 MB");
  CHECK(report::readable_bytes(123e9) == "123 GB");
}

TEST_CASE("the summary counts every line once and names the failures by kind") {
  const report::Tally tally = three_lines();
  CHECK(tally.lines() == 3);
  const std::string text = report::summary(tally, 2s);
  CHECK(text.starts_with("3 lines: 1 saved, 1 failed (1 timeout), 1 skipped\n"));
  CHECK(text.find("1.50 kB in 2.00 s: 0.5 files/s, 750 B/s\n") != std::string::npos);
}

TEST_CASE("a run that took no time has no rates") {
  CHECK(report::summary(report::Tally(), 0s).find("0.0 files/s, 0 B/s") != std::string::npos);
}

TEST_SUITE_END();
