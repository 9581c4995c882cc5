#include "fetch/record.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>
#include <iterator>
#include <string_view>

#include "base/text.hpp"

namespace fetch {
namespace {

void append_escaped(std::string& json, std::string_view text) {
  while (!text.empty()) {
    char32_t code_point = 0;
    const std::size_t length = base::utf8_character(text, code_point);
    if (length == 0)
      json += "\xEF\xBF\xBD";
    else if (code_point == '"' || code_point == '\\')
      (json += '\\') += text.front();
    else if (base::is_control(code_point) || base::is_bidi_control(code_point))
      fmt::format_to(std::back_inserter(json), "\\u{:04x}", static_cast<unsigned>(code_point));
    else
      json += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
}

/// Writes the members of an object, leaving out what is empty.
class Members {
 public:
  explicit Members(std::string& json) : json_(json) { json_ += '{'; }

  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    json_ += '"';
    append_escaped(json_, value);
    json_ += '"';
  }

  template <class Number>
  void number(std::string_view name, Number value) {
    key(name);
    fmt::format_to(std::back_inserter(json_), "{}", value);
  }

  void seconds(std::string_view name, std::chrono::microseconds value) {
    key(name);
    fmt::format_to(std::back_inserter(json_), "{}.{:06}", value.count() / 1'000'000,
                   value.count() % 1'000'000);
  }

  void json(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    json_ += value;
  }

 private:
  void key(std::string_view name) {
    if (json_.back() != '{') json_ += ',';
    ((json_ += '"') += name) += "\":";
  }

  std::string& json_;
};

std::string_view word(Status status) {
  switch (status) {
    case Status::saved:
      return "saved";
    case Status::skipped:
      return "skipped";
    case Status::failed:
      break;
  }
  return "failed";
}

/// RFC 3339 in UTC, to the millisecond.
std::string timestamp(base::SystemTime time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time - whole);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(whole)),
                     milliseconds.count());
}

std::string seconds_of(const Outcome& outcome) {
  std::string json;
  Members seconds(json);
  seconds.seconds("queued", outcome.queued);
  seconds.seconds("resolve", outcome.timing.resolve);
  seconds.seconds("connect", outcome.timing.connect);
  seconds.seconds("tls", outcome.timing.tls);
  seconds.seconds("first_byte", outcome.timing.first_byte);
  seconds.seconds("total", outcome.total);
  seconds.seconds("write", outcome.write);
  return json += '}';
}

}  // namespace

std::string to_record(const Outcome& outcome) {
  std::string json;
  json.reserve(512);
  Members members(json);
  members.number("n", outcome.origin.n);
  members.text("list", outcome.origin.list);
  members.text("url", outcome.url);
  members.text("status", word(outcome.status));
  members.text("file", outcome.file);
  if (outcome.status == Status::saved) members.number("bytes", outcome.bytes);
  if (outcome.http != 0) members.number("http", outcome.http);
  members.text("type", outcome.type);
  if (outcome.failure) {
    members.text("kind", base::name(outcome.failure->kind()));
    members.text("error", outcome.failure->words());
  }
  members.text("final_url", outcome.final_url);
  members.text("etag", outcome.etag);
  members.text("last_modified", outcome.last_modified);
  members.text("sha256", outcome.sha256);
  members.number("attempts", outcome.attempts);
  members.text("at", timestamp(outcome.at));
  if (outcome.attempts > 0) members.json("seconds", seconds_of(outcome));
  members.json("input", outcome.origin.input);
  return json += "}\n";
}

}  // namespace fetch
