#include "report/log_review.hpp"

#include <doctest/doctest.h>

#include <numeric>
#include <string>

TEST_SUITE_BEGIN("report");

using namespace std::chrono_literals;
using fetch::Status;

namespace {

fetch::Record record(std::uint64_t n, const std::string& url, Status status) {
  fetch::Record made;
  made.origin.n = n;
  made.url = url;
  made.status = status;
  made.at = std::chrono::system_clock::from_time_t(1'700'000'000) + std::chrono::seconds(n);
  if (status == Status::failed) {
    made.kind = "timeout";
    made.error = "too late";
    return made;
  }
  made.file = "f" + std::to_string(n);
  made.bytes = 1000 * n;
  made.type = "image/png";
  made.first_byte = 10ms * n;
  made.total = 20ms * n;
  return made;
}

}  // namespace

TEST_CASE("a review counts every line once, and bytes and times of what was saved") {
  report::LogReview review;
  review.add(record(1, "http://a/1", Status::saved));
  review.add(record(2, "http://a:8080/2", Status::failed));
  review.add(record(3, "http://a/3", Status::saved));
  review.add(record(4, "http://a/4", Status::skipped));
  review.add(record(5, "https://b:443/5", Status::saved));
  CHECK(review.saved() == 3);
  CHECK(review.failed() == 1);
  CHECK(review.skipped() == 1);
  CHECK(review.lines() == 5);
  CHECK(review.bytes() == 9000);
  CHECK(review.first_byte().mean() == doctest::Approx(0.03));
  CHECK(review.total().quantile(1) == doctest::Approx(0.1));
  CHECK(review.picture_count() == 3);
  CHECK(review.timeline().columns.size() > 0);

  const auto hosts = review.hosts();
  REQUIRE(hosts.size() == 3);
  CHECK(hosts[0].host == "a");
  CHECK(hosts[0].saved == 2);
  CHECK(hosts[0].skipped == 1);
  CHECK(hosts[0].bytes == 4000);
  CHECK(hosts[0].total.mean() == doctest::Approx(0.04));
  CHECK(hosts[1].host == "a:8080");
  CHECK(hosts[1].failed == 1);
  CHECK(hosts[2].host == "b");
}

TEST_CASE("failures are grouped by kind, with what a reader needs to find the line") {
  report::LogReview review;
  fetch::Record no_url = record(7, "nonsense", Status::failed);
  no_url.kind = "bad_url";
  no_url.origin.list = "b.txt";
  review.add(record(1, "http://a/1", Status::failed));
  review.add(no_url);
  review.add(record(2, "http://a/2", Status::failed));
  REQUIRE(review.failures().size() == 2);
  const report::FailureGroup& timeouts = *review.failures()[0];
  CHECK(timeouts.kind == "timeout");
  CHECK(timeouts.count == 2);
  REQUIRE(timeouts.lines.size() == 2);
  CHECK(timeouts.lines[1].n == 2);
  CHECK(timeouts.lines[1].words == "too late");
  CHECK(review.failures()[1]->lines.at(0).list == "b.txt");
  CHECK(review.hosts().size() == 1);
}

TEST_CASE("what there is no room for is counted all the same") {
  report::LogReview::Limits limits;
  limits.hosts = 2;
  limits.failed_lines = 3;
  limits.pictures = 4;
  report::LogReview review(limits);
  for (std::uint64_t n = 1; n <= 10; ++n) {
    const std::string url = "http://h" + std::to_string(n) + "/";
    review.add(record(n, url, Status::saved));
    review.add(record(n, url, Status::failed));
  }
  CHECK(review.hosts().size() == 2);
  CHECK(review.lines_of_other_hosts() == 16);
  CHECK(review.failures().at(0)->count == 10);
  CHECK(review.failures().at(0)->lines.size() == 3);
  CHECK(review.pictures().size() == 4);
  CHECK(review.picture_count() == 10);

  limits.text = 100;
  report::LogReview small(limits);
  fetch::Record long_one = record(1, "http://h/" + std::string(60'000, 'x'), Status::failed);
  small.add(long_one);
  CHECK(small.failed() == 1);
  CHECK(small.failures().at(0)->lines.empty());
}

TEST_CASE("the bars of a spread count all numbers, each once") {
  report::Spread spread;
  CHECK(spread.bars(1e-6).counts.empty());
  for (const double number : {0.0, 1e-9, 0.0012, 0.0015, 0.1, 0.2, 2.0, 2.0}) spread.add(number);
  const report::Bars bars = spread.bars(1e-6);
  REQUIRE(bars.edges.size() == bars.counts.size() + 1);
  CHECK(bars.counts.size() <= 40);
  CHECK(std::accumulate(bars.counts.begin(), bars.counts.end(), std::uint64_t{0}) == 8);
  CHECK(bars.edges.front() == doctest::Approx(1e-6));
  CHECK(bars.counts.front() == 2);
  CHECK(bars.edges.back() >= 2);
  CHECK(bars.counts.back() == 2);

  report::Spread same;
  same.add(1);
  same.add(1);
  CHECK(same.bars(1e-6).counts == std::vector<std::uint64_t>{2});
}

TEST_SUITE_END();
