#include "report/summary.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <optional>
#include <string_view>

#include "base/text.hpp"

namespace report {
namespace {

/// So many that there are three digits in all.
int decimals_for(double value) {
  return value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
}

double per_second(double amount, base::Duration elapsed) {
  return elapsed.count() > 0 ? amount / base::in_seconds(elapsed) : 0.0;
}

using Readable = std::string (*)(double);

/// One line on how the files' values are spread, or nothing when no file was saved.
std::string spread(std::string_view what, statistics::Collector& values, Readable readable) {
  const auto shown = [&](statistics::Signal signal) {
    const std::optional<double> value = values.ask(signal);
    return value ? readable(*value) : "-";  // one file has no deviation
  };
  if (!values.ask(statistics::Signal::mean)) return "";
  return fmt::format("{} per file: mean {}, deviation {}, p50 {}, p90 {}, p99 {}\n", what,
                     shown(statistics::Signal::mean), shown(statistics::Signal::stddev),
                     shown(statistics::Signal::median), shown(statistics::Signal::p90),
                     shown(statistics::Signal::p99));
}

/// One line on how much came how quickly.
std::string speed(const Tally& tally, base::Duration elapsed) {
  const std::string time = readable_seconds(base::in_seconds(elapsed));
  if (tally.saved == 0) return fmt::format("nothing new in {}\n", time);
  const auto bytes = static_cast<double>(tally.bytes);
  return fmt::format("{} in {}: {:.1f} files/s, {}/s\n", readable_bytes(bytes), time,
                     per_second(static_cast<double>(tally.saved), elapsed),
                     readable_bytes(per_second(bytes, elapsed)));
}

std::string failures(const Tally& tally) {
  std::string text;
  for (int i = 0; i < base::kind_count; ++i) {
    const auto kind = static_cast<base::Kind>(i);
    if (tally.failed(kind) == 0) continue;
    fmt::format_to(std::back_inserter(text), "{}{} {}", text.empty() ? "" : ", ",
                   tally.failed(kind), base::name(kind));
  }
  return text.empty() ? text : " (" + text + ")";
}

}  // namespace

std::string readable_bytes(double bytes) {
  constexpr std::array<std::string_view, 6> units = {"B", "kB", "MB", "GB", "TB", "PB"};
  std::size_t unit = 0;
  while (bytes >= 999.5 && unit + 1 < units.size()) {
    bytes /= 1000;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", bytes, unit == 0 ? 0 : decimals_for(bytes), units[unit]);
}

std::string readable_seconds(double seconds) {
  constexpr std::array<std::string_view, 3> units = {"us", "ms", "s"};
  double value = seconds * 1e6;
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < units.size()) {
    value /= 1000;
    ++unit;
  }
  return fmt::format("{:.{}f} {}", value, decimals_for(value), units[unit]);
}

std::string readable_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

std::string summary(Tally& tally, base::Duration elapsed) {
  return fmt::format("{}: {} saved, {} failed{}, {} skipped\n",
                     base::counted(tally.lines(), "line"), tally.saved, tally.failed(),
                     failures(tally), tally.skipped) +
         speed(tally, elapsed) + spread("time", tally.seconds_per_file, readable_seconds) +
         spread("size", tally.bytes_per_file, readable_bytes);
}

}  // namespace report
