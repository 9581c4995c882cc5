#include "report/log_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>

#include "base/text.hpp"
#include "fetch/digest.hpp"
#include "report/log_text.hpp"
#include "report/page_parts.hpp"

namespace report {
namespace {

// What is smaller is as good as that, on an axis of powers of ten.
constexpr double least_seconds = 1e-6;
constexpr double least_bytes = 1;

/// Text for a reader, in JSON. What could deceive him is written out.
std::string text(std::string_view text) {
  std::string json;
  base::append_json(json, base::printable(text));
  return json;
}

/// Six digits are more than a chart shows.
std::string number(double value) {
  return fmt::format("{:.6g}", value);
}

std::string number(std::optional<double> value) {
  return value ? number(*value) : "null";
}

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

/// A JSON array of what `json` makes of each value.
template <class Values, class Json>
std::string array(const Values& values, Json json) {
  std::string all = "[";
  for (const auto& value : values) {
    if (all.size() > 1) all += ',';
    all += json(value);
  }
  return all += ']';
}

std::string milliseconds(base::SystemTime time) {
  return std::to_string(
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count());
}

/// Where, in the time that was worked, one session ends and the next begins.
std::vector<double> pauses(const Timeline& timeline) {
  std::vector<double> pauses;
  base::Duration worked{};
  for (const Session& session : timeline.sessions) {
    worked += session.ended_at - session.began_at;
    pauses.push_back(base::in_seconds(worked));
  }
  if (!pauses.empty()) pauses.pop_back();
  return pauses;
}

std::string json_of(const Timeline& timeline) {
  const std::vector<Session>& sessions = timeline.sessions;
  const std::string from = sessions.empty() ? "null" : milliseconds(sessions.front().began_at);
  const std::string to = sessions.empty() ? "null" : milliseconds(sessions.back().ended_at);
  return fmt::format(
      R"("from":{},"to":{},"seconds":{},"pauses":{},)"
      R"("columns":{{"saved":{},"failed":{},"bytes":{}}})",
      from, to, number(base::in_seconds(timeline.worked)),
      array(pauses(timeline), [](double at) { return number(at); }),
      array(timeline.columns, [](const Column& column) { return number(column.saved); }),
      array(timeline.columns, [](const Column& column) { return number(column.failed); }),
      array(timeline.columns, [](const Column& column) { return number(column.bytes); }));
}

std::string json_of(const Spread& spread, double least) {
  if (spread.count() == 0) return "null";
  const Bars bars = spread.bars(least);
  return fmt::format(R"({{"mean":{},"p50":{},"p90":{},"p99":{},"max":{},"edges":{},"counts":{}}})",
                     number(spread.mean()), number(spread.quantile(0.5)),
                     number(spread.quantile(0.9)), number(spread.quantile(0.99)),
                     number(spread.quantile(1)),
                     array(bars.edges, [](double edge) { return number(edge); }),
                     array(bars.counts, [](std::uint64_t count) { return number(count); }));
}

std::string json_of(const HostReview& host) {
  return fmt::format("[{},{},{},{},{},{},{}]", text(host.host), host.saved, host.failed,
                     host.skipped, host.bytes, number(host.first_byte.mean()),
                     number(host.total.mean()));
}

std::string json_of(const FailedLine& line) {
  const std::string list = line.list.empty() ? "" : "," + text(line.list);
  return fmt::format("[{},{},{}{}]", line.n, text(line.url), text(line.words), list);
}

std::string json_of(const Picture& picture, const std::string& files) {
  const PictureSize size = picture.size.value_or(PictureSize());
  return fmt::format("[{},{},{},{},{}]", text(picture.file),
                     text(relative_url(files + picture.file)), picture.bytes, size.width,
                     size.height);
}

std::string json_of(const FailureGroup& group) {
  return fmt::format(R"({{"kind":{},"count":{},"lines":{}}})", text(group.kind), group.count,
                     array(group.lines, [](const FailedLine& line) { return json_of(line); }));
}

std::string json_of(const LogReview& review, const PlaceOfPage& place) {
  const std::string files = place.files.empty() ? "" : place.files + "/";
  std::string json = fmt::format(
      R"({{"log":{},"lines":{},"saved":{},"skipped":{},"failed":{},"bytes":{},{},)"
      R"("first_byte":{},"total":{},"size":{},"other_hosts":{},)",
      text(place.log), review.lines(), review.saved(), review.skipped(), review.failed(),
      review.bytes(), json_of(review.timeline()), json_of(review.first_byte(), least_seconds),
      json_of(review.total(), least_seconds), json_of(review.size(), least_bytes),
      review.lines_of_other_hosts());
  json += R"("hosts":)";
  json += array(review.hosts(), [](const HostReview& host) { return json_of(host); });
  json += R"(,"failures":)";
  json += array(review.failures(), [](const FailureGroup* group) { return json_of(*group); });
  json += fmt::format(R"(,"pictures":{{"count":{},"files":)", review.picture_count());
  json += array(review.pictures(),
                [&files](const Picture& picture) { return json_of(picture, files); });
  return json += "}}";
}

/// JSON for between <script> and </script>: there a `<` can only stand in a string.
std::string fit_for_html(const std::string& json) {
  std::string fit;
  fit.reserve(json.size());
  for (const char character : json) {
    if (character == '<')
      fit += "\\u003c";
    else
      fit += character;
  }
  return fit;
}

std::string hash_of(std::string_view text) {
  fetch::Sha256 digest;
  digest.add(text);
  return "'sha256-" + digest.base64() + "'";
}

std::string policy() {
  return "default-src 'none'; img-src 'self' file: data:; style-src " + hash_of(page_style) +
         "; script-src " + hash_of(page_script) + "; base-uri 'none'; form-action 'none'";
}

/// The frame with each {{name}} replaced; what is put in is not looked at again.
std::string filled(std::string_view frame, const std::map<std::string_view, std::string>& parts) {
  std::string page;
  for (;;) {
    const std::size_t begin = frame.find("{{");
    if (begin == std::string_view::npos) return page.append(frame);
    const std::size_t end = frame.find("}}", begin);
    page += frame.substr(0, begin);
    page += parts.at(frame.substr(begin + 2, end - begin - 2));
    frame.remove_prefix(end + 2);
  }
}

}  // namespace

std::string page_of(const LogReview& review, const PlaceOfPage& place) {
  constexpr std::size_t readable = 100;
  return filled(page_frame, {{"policy", policy()},
                             {"title", html(base::printable(place.log) + ": fetcher report")},
                             {"style", std::string(page_style)},
                             {"text", html(text_of(review, place.log, readable))},
                             {"data", fit_for_html(json_of(review, place))},
                             {"script", std::string(page_script)}});
}

bool begins_a_page(std::string_view bytes) {
  const std::string_view mark = R"(<meta name="generator" content="fetcher report">)";
  const std::size_t end = page_frame.find(mark) + mark.size();
  return bytes.starts_with(page_frame.substr(0, end));
}

std::string relative_url(std::string_view path) {
  constexpr std::string_view as_they_are =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string url = "./";
  for (const char byte : path) {
    if (as_they_are.find(byte) != std::string_view::npos)
      url += byte;
    else
      fmt::format_to(std::back_inserter(url), "%{:02X}", static_cast<unsigned char>(byte));
  }
  return url;
}

std::string html(std::string_view text) {
  std::string escaped;
  for (const char character : text) {
    switch (character) {
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '&':
        escaped += "&amp;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += character;
    }
  }
  return escaped;
}

}  // namespace report
