#include "report/progress.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <clocale>
#include <limits>
#include <string>

#include "base/text.hpp"

TEST_SUITE_BEGIN("report");

using namespace std::chrono_literals;

namespace {

/// 120 of 300 lines, and ten that are running.
report::Progress in_the_middle() {
  report::Progress progress;
  progress.saved = 115;
  progress.failed = 3;
  progress.skipped = 2;
  progress.running = 10;
  progress.retrying = 1;
  progress.lines = 300;
  progress.begun = 0.5;
  progress.received = 12'345'678;
  progress.bytes_per_second = 1'234'567;
  progress.lines_per_second = 2;
  progress.elapsed = 62s;
  progress.longest = {
      {"example.com/pictures/first.jpg", 12s, true, 5'000'000, 20'000'000},
      {"example.com/a/rather/long/path/to/the/second.jpg", 11s, true, 1'500'000, std::nullopt},
      {"example.com/third", 3s, false, 0, std::nullopt},
  };
  return progress;
}

report::Progress huge() {
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  report::Progress progress;
  progress.saved = progress.failed = progress.skipped = most / 4;
  progress.running = progress.retrying = 10'000;
  progress.lines = most;
  progress.received = most;
  progress.bytes_per_second = 1e18;
  progress.lines_per_second = 1e13;
  progress.elapsed = 2400h;
  progress.longest = {{"h/a", 2400h, true, most / 2, most}};
  return progress;
}

/// The lines of a block, each with its end, after an empty one.
std::string block_of(const report::Progress& progress, std::size_t columns, std::size_t rows = 24) {
  std::string text = "\n";
  for (const std::string& line : report::progress_block(progress, {columns, rows, false}))
    text += line + "\n";
  return text;
}

}  // namespace

TEST_CASE("a block tells of the whole run and of what runs longest") {
  CHECK(block_of(in_the_middle(), 80) == R"(
120 of 300  [==================>                             ]   40 %  ETA 1:29
10 running  1 retrying  3 failed  2 skipped  12.3 MB  1.23 MB/s
example.com/pictures/first.jpg      [===>              ]   25 %  5.00 MB   0:12
...her/long/path/to/the/second.jpg                               1.50 MB   0:11
example.com/third                                                waiting   0:03
)");
}

TEST_CASE("a block in a narrow terminal leaves out what matters least") {
  CHECK(block_of(in_the_middle(), 40) == R"(
120 of 300  [==>     ]   40 %  ETA 1:29
10 running  3 failed  1.23 MB/s
...tures/first.jpg  [=>      ]     25 %
.../the/second.jpg              1.50 MB
example.com/third               waiting
)");
  CHECK(block_of(in_the_middle(), 20) == R"(
120 of 300   40 %
3 failed
...rst.jpg     25 %
...ond.jpg  1.50 MB
...m/third  waiting
)");
}

TEST_CASE("a block of a list whose length nobody knows has no bar") {
  report::Progress progress = in_the_middle();
  progress.lines.reset();
  progress.longest.clear();
  CHECK(block_of(progress, 80) == R"(
120 done  1:02
10 running  1 retrying  3 failed  2 skipped  12.3 MB  1.23 MB/s
)");
  CHECK(block_of(progress, 20) == R"(
120 done  1:02
3 failed
)");
}

TEST_CASE("a run that has just begun has neither rate nor time") {
  CHECK(block_of(report::Progress(), 80) == R"(
0 done  0:00
0 running  0 B  0 B/s
)");
  report::Progress empty;
  empty.lines = 0;
  empty.longest = {{"h/empty", 1s, true, 0, 0}, {"h/begun", 1s, true, 0, 5}};
  CHECK(block_of(empty, 80) == R"(
0 of 0  [================================================]  100 %  0:00
0 running  0 B  0 B/s
h/empty                             [==================]  100 %      0 B   0:01
h/begun                             [                  ]    0 %      0 B   0:01
)");
}

TEST_CASE("the time left is not less than that of what runs longest") {
  report::Progress progress = in_the_middle();
  progress.longest.push_back({"h/slow", 60s, true, 20'000'000, 80'000'000});
  CHECK(block_of(progress, 40, 2) == "\n120 of 300  [==>     ]   40 %  ETA 3:00\n");
  progress.longest = {{"h/nothing", 60s, true, 0, 80'000'000}};
  CHECK(block_of(progress, 40, 2) == "\n120 of 300  [==>     ]   40 %  ETA 1:29\n");
}

TEST_CASE("numbers of any size leave a block in its place") {
  CHECK(block_of(huge(), 80) == R"(
13,835,058,055,282,163,709 of 18,446,744,073,709,551,615   75 %  ETA 100 d 00 h
10,000 running  10,000 retrying  4,611,686,018,427,387,903 failed  1000 PB/s
h/a                            [========>         ]   50 %  9223 PB  100 d 00 h
)");
  CHECK(block_of(huge(), 40) == R"(
13,835,058,055,282,163,709 of 18,446...
4,611,686,018,427,387,903 failed
h/a                 [===>    ]     50 %
)");
  CHECK(block_of(huge(), 20) == R"(
13,835,058,055,2...
4,611,686,018,42...
h/a            50 %
)");
}

TEST_CASE("a bar is full when all is there, and not before") {
  report::Progress progress;
  progress.lines = 1000;
  progress.saved = 999;
  progress.begun = 0.999;
  CHECK(block_of(progress, 40, 2) == "\n999 of 1,000  [========> ]   99 %  0:00\n");
  progress.saved = 1000;
  CHECK(block_of(progress, 40, 2) == "\n1,000 of 1,000  [========]  100 %  0:00\n");
}

TEST_CASE("a block is never higher than the screen, nor as wide") {
  const std::string before = std::setlocale(LC_CTYPE, nullptr);
  REQUIRE(std::setlocale(LC_CTYPE, "C.UTF-8"));
  report::Progress wide = in_the_middle();
  wide.longest.resize(9, {"h/\u6587\u6587a\u0301\u0301\U0001F600", 1s, true, 1, 2});
  for (const report::Progress& progress : {wide, huge(), report::Progress()})
    for (std::size_t columns = 1; columns < 200; ++columns)
      for (std::size_t rows = 1; rows < 12; ++rows) {
        CAPTURE(columns);
        const auto block = report::progress_block(progress, {columns, rows, false});
        REQUIRE(block.size() <= std::max<std::size_t>(rows - 1, 1));
        REQUIRE(block.size() <= 2 + report::most_shown_transfers);
        for (const std::string& line : block)
          REQUIRE(base::columns(line) < std::max<std::size_t>(columns, 2));
      }
  std::setlocale(LC_CTYPE, before.c_str());
}

TEST_CASE("only what went wrong has a colour") {
  const auto block = report::progress_block(in_the_middle(), {80, 24, true});
  CHECK(block[1] ==
        "10 running  \x1b[33m1 retrying\x1b[m  \x1b[31m3 failed\x1b[m  2 skipped  "
        "12.3 MB  1.23 MB/s");
  report::Progress good = in_the_middle();
  good.failed = good.retrying = 0;
  for (const std::string& line : report::progress_block(good, {80, 24, true}))
    CHECK(line.find('\x1b') == std::string::npos);
}

TEST_CASE("a line tells the same to who reads it later") {
  CHECK(report::progress_line(in_the_middle()) ==
        "120 of 300 in 1:02: 115 saved, 3 failed, 2 skipped, 10 running, 1 retrying; 12.3 MB, "
        "1.23 MB/s, ETA 1:29");
  CHECK(report::progress_line(report::Progress()) ==
        "0 done in 0:00: 0 saved, 0 failed, 0 skipped, 0 running; 0 B, 0 B/s");
  const auto& longest = in_the_middle().longest;
  CHECK(report::transfer_line(longest[0]) ==
        "example.com/pictures/first.jpg: 5.00 MB of 20.0 MB in 0:12");
  CHECK(report::transfer_line(longest[1]) ==
        "example.com/a/rather/long/path/to/the/second.jpg: 1.50 MB in 0:11");
  CHECK(report::transfer_line(longest[2]) == "example.com/third: no answer for 0:03");
}

TEST_CASE("durations are shown as a clock does") {
  CHECK(report::readable_clock(999ms) == "0:00");
  CHECK(report::readable_clock(61s) == "1:01");
  CHECK(report::readable_clock(3600s) == "1:00:00");
  CHECK(report::readable_clock(47h + 59min + 59s) == "47:59:59");
  CHECK(report::readable_clock(48h) == "2 d 00 h");
}

TEST_CASE("a recent rate forgets what was more than ten seconds ago") {
  report::RecentRate rate;
  const base::Time start{};
  CHECK(rate.per_second() == 0);
  rate.note(start, 0);
  CHECK(rate.per_second() == 0);
  for (int second = 1; second <= 10; ++second) rate.note(start + second * 1s, 1000.0 * second);
  CHECK(rate.per_second() == 1000);
  for (int second = 11; second <= 20; ++second) rate.note(start + second * 1s, 10'000.0);
  CHECK(rate.per_second() == 0);
  rate.note(start + 21s, 9000.0);  // what was begun has failed
  CHECK(rate.per_second() == 0);
}

TEST_CASE("a recent rate of rare looks is that of the last one") {
  report::RecentRate rate;
  const base::Time start{};
  rate.note(start, 0);
  rate.note(start + 60s, 600);
  CHECK(rate.per_second() == 10);
  rate.note(start + 120s, 600);
  CHECK(rate.per_second() == 0);
}

TEST_SUITE_END();
