#include "report/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/text.hpp"
#include "report/summary.hpp"

namespace report {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t widest_bar = 50;
constexpr std::size_t narrowest_bar = 8;

constexpr std::string_view red = "31";
constexpr std::string_view yellow = "33";

/// What a line is put together from.
struct Part {
  std::string text;
  int rank = 0;  ///< when there is no room, the highest goes first
  std::string_view colour;
};
using Parts = std::vector<Part>;

std::size_t width_of(const Parts& parts) {
  std::size_t width = 0;
  for (const Part& part : parts) width += (width == 0 ? 0 : 2) + base::columns(part.text);
  return width;
}

/// Takes off what has no room.
void fit(Parts& parts, std::size_t width) {
  const auto is_lower = [](const Part& a, const Part& b) { return a.rank < b.rank; };
  while (parts.size() > 1 && width_of(parts) > width)
    parts.erase(std::max_element(parts.begin(), parts.end(), is_lower));
  if (!parts.empty()) parts.front().text = base::cut(parts.front().text, width);
}

std::string line_of(const Parts& parts, bool has_colours) {
  std::string line;
  for (const Part& part : parts) {
    if (!line.empty()) line += "  ";
    if (has_colours && !part.colour.empty())
      line += fmt::format("\x1b[{}m{}\x1b[m", part.colour, part.text);
    else
      line += part.text;
  }
  return line;
}

/// "[====>     ]"
std::string bar(double fraction, std::size_t width) {
  const std::size_t room = width - 2;
  const auto filled = static_cast<std::size_t>(fraction * static_cast<double>(room));
  std::string inside(filled, '=');
  if (filled > 0 && filled < room) inside.back() = '>';
  inside.resize(room, ' ');
  return "[" + inside + "]";
}

/// Rounded down: 100 % is all of it.
std::string percent(double fraction) {
  return fmt::format("{:>3} %", static_cast<int>(fraction * 100));
}

double part_of(double amount, double whole) {
  return whole > 0 ? std::clamp(amount / whole, 0.0, 1.0) : 1.0;
}

std::optional<double> fraction(const Progress& progress) {
  if (!progress.lines) return std::nullopt;
  const double done = static_cast<double>(progress.done()) + progress.begun;
  return part_of(done, static_cast<double>(*progress.lines));
}

std::optional<double> fraction(const TransferProgress& transfer) {
  if (!transfer.is_answered || !transfer.length) return std::nullopt;
  return part_of(static_cast<double>(transfer.received), static_cast<double>(*transfer.length));
}

/// In seconds, as fast as it has been until now; 0 where nobody knows.
double time_left(const TransferProgress& transfer) {
  const double done = fraction(transfer).value_or(1);
  return done > 0 ? base::in_seconds(transfer.runs_for) * (1 - done) / done : 0;
}

/// As fast as lines have ended lately, which a few large files among small ones must not hide.
std::optional<base::Duration> time_left(const Progress& progress) {
  constexpr double longest = 1e9;  // seconds: beyond that nobody knows
  if (!progress.lines || progress.lines_per_second <= 0) return std::nullopt;
  const double done = static_cast<double>(progress.done()) + progress.begun;
  const double left = std::max(static_cast<double>(*progress.lines) - done, 0.0);
  double seconds = left / progress.lines_per_second;
  for (const TransferProgress& transfer : progress.longest)
    seconds = std::max(seconds, time_left(transfer));
  if (seconds > longest) return std::nullopt;
  return std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds));
}

std::string done_of_all(const Progress& progress) {
  if (!progress.lines) return fmt::format("{} done", readable_count(progress.done()));
  return fmt::format("{} of {}", readable_count(progress.done()), readable_count(*progress.lines));
}

std::string time_of(const Progress& progress) {
  const std::optional<base::Duration> left = time_left(progress);
  return left ? "ETA " + readable_clock(*left) : readable_clock(progress.elapsed);
}

std::string readable_rate(const Progress& progress) {
  return readable_bytes(progress.bytes_per_second) + "/s";
}

std::string how_far(const Progress& progress, std::size_t width) {
  Parts parts = {{done_of_all(progress), 0, {}}};
  const std::optional<double> done = fraction(progress);
  if (done) {
    parts.push_back({std::string(narrowest_bar, ' '), 3, {}});
    parts.push_back({percent(*done), 1, {}});
  }
  parts.push_back({time_of(progress), 2, {}});
  fit(parts, width);
  const auto place =
      std::find_if(parts.begin(), parts.end(), [](auto& part) { return part.rank == 3; });
  if (place != parts.end()) {
    const std::size_t room = narrowest_bar + width - width_of(parts);
    place->text = bar(*done, std::min(room, widest_bar));
  }
  return line_of(parts, /*has_colours=*/false);
}

std::string what_happens(const Progress& progress, std::size_t width, bool has_colours) {
  Parts parts = {{fmt::format("{} running", readable_count(progress.running)), 1, {}}};
  const auto add = [&](std::uint64_t count, const char* word, int rank, std::string_view colour) {
    if (count > 0) parts.push_back({readable_count(count) + word, rank, colour});
  };
  add(progress.retrying, " retrying", 3, yellow);
  add(progress.failed, " failed", 0, red);
  add(progress.skipped, " skipped", 5, {});
  parts.push_back({readable_bytes(static_cast<double>(progress.received)), 4, {}});
  parts.push_back({readable_rate(progress), 2, {}});
  fit(parts, width);
  return line_of(parts, has_colours);
}

/// Bar, percentage, bytes and time stand under each other, and the name has what is left.
std::string row(const TransferProgress& transfer, std::size_t width) {
  const std::size_t bar_width = width >= 60 ? 20 : width >= 34 ? 10 : 0;
  const bool is_wide = width >= 60;
  const std::optional<double> done = fraction(transfer);
  const std::string bytes =
      transfer.is_answered ? readable_bytes(static_cast<double>(transfer.received)) : "waiting";
  std::string facts;
  if (bar_width > 0) facts += "  " + (done ? bar(*done, bar_width) : std::string(bar_width, ' '));
  if (is_wide)
    facts += fmt::format("  {:>5}  {:>7}  {:>5}", done ? percent(*done) : "", bytes,
                         readable_clock(transfer.runs_for));
  else
    facts += fmt::format("  {:>7}", done ? percent(*done) : bytes);
  if (facts.size() >= width) return base::cut_beginning(transfer.name, width);
  std::string name = base::cut_beginning(transfer.name, width - facts.size());
  name.append(width - facts.size() - base::columns(name), ' ');
  return name + facts;
}

}  // namespace

std::vector<std::string> progress_block(const Progress& progress, Screen screen) {
  const std::size_t width = std::max<std::size_t>(screen.columns, 2) - 1;
  const std::size_t room = std::max<std::size_t>(screen.rows, 2) - 1;
  std::vector<std::string> lines = {how_far(progress, width)};
  if (room > 1) lines.push_back(what_happens(progress, width, screen.has_colours));
  for (const TransferProgress& transfer : progress.longest)
    if (lines.size() < std::min(room, most_shown_transfers + 2))
      lines.push_back(row(transfer, width));
  return lines;
}

std::string progress_line(const Progress& progress) {
  const std::optional<base::Duration> left = time_left(progress);
  std::string line =
      fmt::format("{} in {}: {} saved, {} failed, {} skipped, {} running", done_of_all(progress),
                  readable_clock(progress.elapsed), progress.saved, progress.failed,
                  progress.skipped, progress.running);
  if (progress.retrying > 0) line += fmt::format(", {} retrying", progress.retrying);
  line += fmt::format("; {}, {}", readable_bytes(static_cast<double>(progress.received)),
                      readable_rate(progress));
  if (left) line += ", ETA " + readable_clock(*left);
  return line;
}

std::string transfer_line(const TransferProgress& transfer) {
  const std::string since = readable_clock(transfer.runs_for);
  if (!transfer.is_answered) return fmt::format("{}: no answer for {}", transfer.name, since);
  const std::string received = readable_bytes(static_cast<double>(transfer.received));
  if (!transfer.length) return fmt::format("{}: {} in {}", transfer.name, received, since);
  return fmt::format("{}: {} of {} in {}", transfer.name, received,
                     readable_bytes(static_cast<double>(*transfer.length)), since);
}

std::string readable_clock(base::Duration duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  const auto minutes = seconds / 60;
  const auto hours = minutes / 60;
  if (hours >= 48) return fmt::format("{} d {:02} h", hours / 24, hours % 24);
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes % 60, seconds % 60);
  return fmt::format("{}:{:02}", minutes, seconds % 60);
}

void RecentRate::note(base::Time now, double amount) {
  notes_.emplace_back(now, amount);
  while (notes_.size() > 2 && now - notes_[1].first >= 10s) notes_.pop_front();
}

double RecentRate::per_second() const {
  if (notes_.empty()) return 0;
  const auto& [began_at, beginning] = notes_.front();
  const auto& [ended_at, end] = notes_.back();
  const double seconds = base::in_seconds(ended_at - began_at);
  return seconds > 0 ? std::max(end - beginning, 0.0) / seconds : 0.0;
}

}  // namespace report
