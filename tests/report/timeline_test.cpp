#include "report/timeline.hpp"

#include <doctest/doctest.h>

#include <numeric>

TEST_SUITE_BEGIN("report");

using namespace std::chrono_literals;
using report::Arrival;
using report::Timeline;

namespace {

base::SystemTime at(std::chrono::milliseconds time) {
  return std::chrono::system_clock::from_time_t(1'700'000'000) + time;
}

double bytes_of(const Timeline& timeline) {
  return std::accumulate(
      timeline.columns.begin(), timeline.columns.end(), 0.0,
      [](double sum, const report::Column& column) { return sum + column.bytes; });
}

}  // namespace

TEST_CASE("nothing happened in no time") {
  const Timeline timeline = report::timeline_of({});
  CHECK(timeline.sessions.empty());
  CHECK(timeline.worked == 0s);
  CHECK(timeline.columns.empty());
}

TEST_CASE("the time between sessions is not worked, short pauses are") {
  const Timeline timeline = report::timeline_of({
      {at(1s), 1s, 1s, 10, false},
      {at(11s), 1s, 0s, 0, true},         // nine seconds later
      {at(3600s), 5s, 5s, 10, false},     // the next session
      {at(3598s), 100ms, 0ms, 1, false},  // within it
  });
  REQUIRE(timeline.sessions.size() == 2);
  CHECK(timeline.sessions[0].began_at == at(0s));
  CHECK(timeline.sessions[0].ended_at == at(11s));
  CHECK(timeline.sessions[1].began_at == at(3595s));
  CHECK(timeline.worked == 16s);
  REQUIRE(timeline.columns.size() == 4);  // of four seconds
  CHECK(timeline.columns[0].saved == 1);
  CHECK(timeline.columns[2].failed == 1);
  CHECK(timeline.columns[3].saved == 2);
  CHECK(bytes_of(timeline) == doctest::Approx(21));
}

TEST_CASE("the bytes of a body are spread over the time in which it came") {
  const Timeline timeline = report::timeline_of({
      {at(10s), 10s, 5s, 1000, false},
      {at(1s), 0s, 0s, 7, false},
      {at(1s), 0s, 0s, 0, false},
      {at(1s), 0s, 0s, 0, false},
  });
  REQUIRE(timeline.columns.size() == 4);  // of two and a half seconds
  CHECK(timeline.columns[0].bytes == doctest::Approx(7));
  CHECK(timeline.columns[1].bytes == doctest::Approx(0));
  CHECK(timeline.columns[2].bytes == doctest::Approx(500));
  CHECK(timeline.columns[3].bytes == doctest::Approx(500));
}

TEST_CASE("what took no time at all has a column") {
  const Timeline timeline = report::timeline_of({{at(0s), 0s, 0s, 5, false}});
  CHECK(timeline.worked == 0s);
  REQUIRE_FALSE(timeline.columns.empty());
  CHECK(timeline.columns[0].saved == 1);
  CHECK(bytes_of(timeline) == 5);
}

TEST_CASE("there are never more columns than a phone can show") {
  std::vector<Arrival> arrivals;
  for (int i = 0; i < 10'000; ++i) arrivals.push_back({at(i * 100ms), 50ms, 10ms, 3, false});
  const Timeline timeline = report::timeline_of(arrivals);
  CHECK(timeline.columns.size() == 120);
  CHECK(bytes_of(timeline) == doctest::Approx(30'000));
}

TEST_SUITE_END();
