#include "report/timeline.hpp"

#include <algorithm>
#include <cmath>

namespace report {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration longest_pause = 10s;

// A phone shows so many; fewer where that would leave most of them empty.
constexpr double most_columns = 120;

std::vector<Session> sessions_of(const std::vector<Arrival>& arrivals) {
  std::vector<Session> sessions;
  for (const Arrival& arrival : arrivals)
    sessions.push_back({arrival.ended_at - arrival.total, arrival.ended_at});
  std::sort(sessions.begin(), sessions.end(),
            [](const Session& a, const Session& b) { return a.began_at < b.began_at; });
  std::size_t count = 0;
  for (const Session& each : sessions) {
    if (count > 0 && each.began_at - sessions[count - 1].ended_at < longest_pause)
      sessions[count - 1].ended_at = std::max(sessions[count - 1].ended_at, each.ended_at);
    else
      sessions[count++] = each;
  }
  sessions.resize(count);
  return sessions;
}

/// How much was worked when each session began.
std::vector<base::Duration> worked_before(const std::vector<Session>& sessions) {
  std::vector<base::Duration> worked = {0s};
  for (const Session& each : sessions)
    worked.push_back(worked.back() + (each.ended_at - each.began_at));
  return worked;
}

class Columns {
 public:
  Columns(std::size_t count, base::Duration worked)
      : columns_(count), width_(static_cast<double>(worked.count()) / static_cast<double>(count)) {}

  /// `at`: in worked time.
  void add(const Arrival& arrival, base::Duration at) {
    const double end = in_columns(at);
    const double begin = std::max(end - in_columns(arrival.body), 0.0);
    Column& last = columns_[index(end)];
    ++(arrival.has_failed ? last.failed : last.saved);
    const auto bytes = static_cast<double>(arrival.bytes);
    if (index(begin) == index(end)) {
      last.bytes += bytes;
      return;
    }
    for (std::size_t i = index(begin); i <= index(end); ++i) {
      const auto left = static_cast<double>(i);
      const double shared = std::min(end, left + 1) - std::max(begin, left);
      columns_[i].bytes += bytes * shared / (end - begin);
    }
  }

  std::vector<Column> take() && { return std::move(columns_); }

 private:
  double in_columns(base::Duration time) const {
    return width_ > 0 ? static_cast<double>(time.count()) / width_ : 0;
  }

  std::size_t index(double position) const {
    return std::min(static_cast<std::size_t>(position), columns_.size() - 1);
  }

  std::vector<Column> columns_;
  double width_;  ///< in nanoseconds
};

}  // namespace

Timeline timeline_of(const std::vector<Arrival>& arrivals) {
  Timeline timeline;
  if (arrivals.empty()) return timeline;
  timeline.sessions = sessions_of(arrivals);
  const std::vector<base::Duration> before = worked_before(timeline.sessions);
  timeline.worked = before.back();

  const double wanted = 2 * std::sqrt(static_cast<double>(arrivals.size()));
  Columns columns(static_cast<std::size_t>(std::clamp(wanted, 1.0, most_columns)), timeline.worked);
  for (const Arrival& arrival : arrivals) {
    const auto after = std::upper_bound(
        timeline.sessions.begin(), timeline.sessions.end(), arrival.ended_at,
        [](base::SystemTime time, const Session& session) { return time < session.began_at; });
    const auto session = static_cast<std::size_t>(after - timeline.sessions.begin()) - 1;
    columns.add(arrival,
                before[session] + (arrival.ended_at - timeline.sessions[session].began_at));
  }
  timeline.columns = std::move(columns).take();
  return timeline;
}

}  // namespace report
