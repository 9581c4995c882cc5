#include "report/log_text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "base/text.hpp"
#include "report/summary.hpp"

namespace report {
namespace {

constexpr std::size_t most_hosts = 20;
constexpr std::size_t most_failed_lines = 10;  // of each kind

/// Lines, each as wide as it may be.
class Lines {
 public:
  explicit Lines(std::size_t width) : width_(width) {}

  template <class... Values>
  void add(fmt::format_string<Values...> format, Values&&... values) {
    const std::string line = fmt::format(format, std::forward<Values>(values)...);
    text_ += width_ == 0 ? line : base::cut(line, width_);
    text_ += '\n';
  }

  std::string take() && { return std::move(text_); }

 private:
  std::size_t width_;
  std::string text_;
};

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}", readable_count(count), base::plural(noun, count));
}

std::string moment(base::SystemTime time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S}",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

void add_totals(Lines& lines, const LogReview& review, const std::string& log) {
  const Timeline timeline = review.timeline();
  lines.add("{}: {}", base::printable(log), counted(review.lines(), "line"));
  if (!timeline.sessions.empty())
    lines.add("from {} to {} UTC", moment(timeline.sessions.front().began_at),
              moment(timeline.sessions.back().ended_at));
  lines.add("{} saved, {} failed, {} there before", readable_count(review.saved()),
            readable_count(review.failed()), readable_count(review.skipped()));
  const double seconds = base::in_seconds(timeline.worked);
  if (seconds <= 0) return;
  const auto bytes = static_cast<double>(review.bytes());
  lines.add("{} in {} ({}): {:.1f} files/s, {}/s", readable_bytes(bytes), readable_seconds(seconds),
            counted(timeline.sessions.size(), "session"),
            static_cast<double>(review.saved()) / seconds, readable_bytes(bytes / seconds));
}

void add_spread(Lines& lines, std::string_view name, const Spread& spread,
                std::string (*readable)(double)) {
  const auto shown = [&](std::optional<double> value) { return readable(value.value()); };
  lines.add("{:<12}{:>10}{:>10}{:>10}{:>10}{:>10}", name, shown(spread.mean()),
            shown(spread.quantile(0.5)), shown(spread.quantile(0.9)), shown(spread.quantile(0.99)),
            shown(spread.quantile(1)));
}

void add_spreads(Lines& lines, const LogReview& review) {
  if (review.saved() == 0) return;
  lines.add("");
  lines.add("{:<12}{:>10}{:>10}{:>10}{:>10}{:>10}", "Per file", "mean", "p50", "p90", "p99", "max");
  add_spread(lines, "first byte", review.first_byte(), readable_seconds);
  add_spread(lines, "in all", review.total(), readable_seconds);
  add_spread(lines, "size", review.size(), readable_bytes);
}

void add_failures(Lines& lines, const LogReview& review) {
  if (review.failed() > 0) {
    lines.add("");
    lines.add("Failures");
  }
  for (const FailureGroup* const group : review.failures()) {
    lines.add("{:>8}  {}", readable_count(group->count), base::printable(group->kind));
    const std::size_t shown = std::min(group->lines.size(), most_failed_lines);
    for (std::size_t i = 0; i < shown; ++i) {
      const FailedLine& line = group->lines[i];
      const std::string list = line.list.empty() ? "" : base::printable(line.list) + ", ";
      lines.add("{:>10}{}line {}: {}: {}", "", list, line.n, base::printable(line.url),
                base::printable(line.words));
    }
    if (shown < group->count)
      lines.add("{:>10}and {} more", "", readable_count(group->count - shown));
  }
}

void add_hosts(Lines& lines, const LogReview& review) {
  const std::vector<HostReview> hosts = review.hosts();
  if (hosts.empty()) return;
  lines.add("");
  lines.add("{:>8}{:>10}{:>10}{:>12}  {}", "Saved", "failed", "bytes", "first byte", "host");
  const std::size_t shown = std::min(hosts.size(), most_hosts);
  for (std::size_t i = 0; i < shown; ++i) {
    const HostReview& host = hosts[i];
    const std::optional<double> first_byte = host.first_byte.mean();
    lines.add("{:>8}{:>10}{:>10}{:>12}  {}", readable_count(host.saved),
              readable_count(host.failed), readable_bytes(static_cast<double>(host.bytes)),
              first_byte ? readable_seconds(*first_byte) : "-", base::printable(host.host));
  }
  if (shown < hosts.size() || review.lines_of_other_hosts() > 0)
    lines.add("{:>8}{}", "", "and further hosts");
}

}  // namespace

std::string text_of(const LogReview& review, const std::string& log, std::size_t width) {
  Lines lines(width);
  add_totals(lines, review, log);
  add_spreads(lines, review);
  add_failures(lines, review);
  add_hosts(lines, review);
  if (review.picture_count() > 0) {
    lines.add("");
    lines.add("{}", counted(review.picture_count(), "picture"));
  }
  return std::move(lines).take();
}

}  // namespace report
