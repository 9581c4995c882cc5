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
  outcome.total = 2500us;
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
  report::Tally tally = three_lines();
  CHECK(tally.lines() == 3);
  const std::string text = report::summary(tally, 2s);
  CHECK(text.starts_with("3 lines: 1 saved, 1 failed (1 timeout), 1 skipped\n"));
  CHECK(text.find("1.50 kB in 2.00 s: 0.5 files/s, 750 B/s\n") != std::string::npos);
  CHECK(report::summary(tally, 5ms).find("1.50 kB in 5.00 ms: 200.0 files/s, 300 kB/s\n") !=
        std::string::npos);
}

TEST_CASE("the summary says how time and size are spread over the saved files") {
  report::Tally tally = three_lines();
  CHECK(report::summary(tally, 2s).find("time per file: mean 2.50 ms, deviation -, p50 ") !=
        std::string::npos);
  fetch::Outcome second;
  second.status = fetch::Status::saved;
  second.bytes = 2500;
  second.total = 3500us;
  tally.add(second);
  const std::string text = report::summary(tally, 2s);
  CHECK(text.find("time per file: mean 3.00 ms, deviation 707 us, p50 ") != std::string::npos);
  CHECK(text.find("size per file: mean 2.00 kB, deviation 707 B, p50 ") != std::string::npos);
}

TEST_CASE("seconds are shown with three digits and a unit") {
  CHECK(report::readable_seconds(0) == "0.00 us");
  CHECK(report::readable_seconds(0.00125) == "1.25 ms");
  CHECK(report::readable_seconds(12.34) == "12.3 s");
  CHECK(report::readable_seconds(4321) == "4321 s");
}

TEST_CASE("a run that saved nothing has no rates") {
  report::Tally nothing;
  CHECK(report::summary(nothing, 2s) ==
        "0 lines: 0 saved, 0 failed, 0 skipped\nnothing new in 2.00 s\n");
}

TEST_CASE("a run that took no time has rates of zero") {
  report::Tally tally = three_lines();
  CHECK(report::summary(tally, 0s).find("0.0 files/s, 0 B/s") != std::string::npos);
}

TEST_SUITE_END();
