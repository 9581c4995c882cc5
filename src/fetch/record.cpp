#include "fetch/record.hpp"

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string_view>

#include "base/text.hpp"
#include "fetch/file_name.hpp"

namespace fetch {
namespace {

/// Adds the decimal digits of a number, with zeros before them if they are fewer than `width`.
void append_number(std::string& text, std::uint64_t number, std::size_t width = 1) {
  std::array<char, 20> digits;
  std::size_t first = digits.size();
  while (number > 0 || digits.size() - first < width) {
    digits[--first] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
  text.append(digits.data() + first, digits.size() - first);
}

/// Writes the members of an object, leaving out what is empty.
class Members {
 public:
  explicit Members(std::string& json) : json_(json) { json_ += '{'; }

  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    base::append_json(json_, value);
  }

  /// It is not negative.
  void number(std::string_view name, std::integral auto value) {
    key(name);
    append_number(json_, static_cast<std::uint64_t>(value));
  }

  void seconds(std::string_view name, std::chrono::microseconds value) {
    const auto microseconds = static_cast<std::uint64_t>(value.count());
    key(name);
    append_number(json_, microseconds / 1'000'000);
    json_ += '.';
    append_number(json_, microseconds % 1'000'000, 6);
  }

  /// RFC 3339 in UTC, to the millisecond.
  void time(std::string_view name, base::SystemTime value) {
    using std::chrono::floor;
    const auto midnight = floor<std::chrono::days>(value);
    const std::chrono::year_month_day date(midnight);
    const std::chrono::hh_mm_ss clock(floor<std::chrono::milliseconds>(value - midnight));
    const auto digits = [this](auto number, std::size_t width, std::string_view then) {
      append_number(json_, static_cast<std::uint64_t>(number), width);
      json_ += then;
    };
    key(name);
    json_ += '"';
    digits(static_cast<int>(date.year()), 4, "-");
    digits(static_cast<unsigned>(date.month()), 2, "-");
    digits(static_cast<unsigned>(date.day()), 2, "T");
    digits(clock.hours().count(), 2, ":");
    digits(clock.minutes().count(), 2, ":");
    digits(clock.seconds().count(), 2, ".");
    digits(clock.subseconds().count(), 3, "Z\"");
  }

  void json(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(name);
    json_ += value;
  }

  /// A member that is an object; ends before anything else is added.
  Members object(std::string_view name) {
    key(name);
    return Members(json_);
  }

  void end() { json_ += '}'; }

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

/// What Members::time() has written; nothing for another format.
std::optional<base::SystemTime> parse_timestamp(const std::string& text) {
  using namespace std::chrono;
  int y = 0;
  unsigned m = 0, d = 0, hour = 0, minute = 0, second = 0, millisecond = 0;
  int length = 0;
  std::sscanf(text.c_str(), "%4d-%2u-%2uT%2u:%2u:%2u.%3uZ%n", &y, &m, &d, &hour, &minute, &second,
              &millisecond, &length);
  const year_month_day date{year(y), month(m), day(d)};
  // In 64 bits of nanoseconds the system's clock goes to 2262.
  const bool is_time = y >= 1970 && y < 2262 && hour < 24 && minute < 60 && second < 60;
  constexpr std::size_t all_of_it = std::string_view("2026-01-02T03:04:05.678Z").size();
  if (text.size() != all_of_it || length != all_of_it || !date.ok() || !is_time)
    return std::nullopt;
  return sys_days(date) + hours(hour) + minutes(minute) + seconds(second) +
         milliseconds(millisecond);
}

void add_seconds(Members seconds, const Outcome& outcome) {
  seconds.seconds("queued", outcome.queued);
  seconds.seconds("resolve", outcome.timing.resolve);
  seconds.seconds("connect", outcome.timing.connect);
  seconds.seconds("tls", outcome.timing.tls);
  seconds.seconds("first_byte", outcome.timing.first_byte);
  seconds.seconds("total", outcome.total);
  seconds.seconds("write", outcome.write);
  seconds.end();
}

void add_part(Members part, const Partial& partial) {
  part.text("name", partial.name);
  part.number("bytes", partial.stamp.size);
  part.number("inode", partial.stamp.inode);
  part.number("written_at", partial.stamp.written_at);
  part.end();
}

using Json = nlohmann::json;

/// Reads the members of a record. What is missing stays as it is; what is not as it should be is
/// remembered.
class Reader {
 public:
  explicit Reader(const Json& record) : record_(record) {}

  void text(const char* name, std::string& value) {
    const auto found = record_.find(name);
    if (found == record_.end()) return;
    is_good_ = is_good_ && found->is_string();
    if (is_good_) value = found->get<std::string>();
  }

  void number(const char* name, std::uint64_t& value) {
    const auto found = record_.find(name);
    if (found == record_.end()) return;
    is_good_ = is_good_ && found->is_number_unsigned();
    if (is_good_) value = found->get<std::uint64_t>();
  }

  void seconds(const char* name, std::chrono::microseconds& value) {
    constexpr double most = 1e9;
    const auto found = record_.find(name);
    if (found == record_.end()) return;
    const double seconds = found->is_number() ? found->get<double>() : -1;
    insist(seconds >= 0 && seconds <= most);
    using Exactly = std::chrono::duration<double>;
    if (is_good_) value = std::chrono::round<std::chrono::microseconds>(Exactly(seconds));
  }

  void time(const char* name, std::optional<base::SystemTime>& value) {
    std::string text;
    this->text(name, text);
    if (!text.empty()) insist((value = parse_timestamp(text)).has_value());
  }

  void status(Status& status) {
    std::string text;
    this->text("status", text);
    for (const Status each : {Status::saved, Status::failed, Status::skipped}) {
      if (word(each) == text) status = each;
    }
    is_good_ = is_good_ && word(status) == text;
  }

  void insist(bool is_good) { is_good_ = is_good_ && is_good; }

  bool is_good() const { return is_good_; }

 private:
  const Json& record_;
  bool is_good_ = true;
};

}  // namespace

base::Result<Record> parse_record(std::string_view line) {
  const base::Failure no_record(base::Kind::bad_url, 0, "it is no record");
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || line.find('\0') != std::string_view::npos) return no_record;
  Record record;
  Reader reader(json);
  reader.number("n", record.origin.n);
  reader.text("list", record.origin.list);
  reader.number("repeat", record.origin.repeat);
  reader.text("url", record.url);
  reader.status(record.status);
  reader.text("file", record.file);
  reader.number("bytes", record.bytes);
  reader.text("type", record.type);
  reader.text("kind", record.kind);
  reader.text("error", record.error);
  reader.text("etag", record.etag);
  reader.text("last_modified", record.last_modified);
  reader.text("sha256", record.sha256);
  reader.time("at", record.at);
  if (const auto seconds = json.find("seconds"); seconds != json.end()) {
    Reader durations(*seconds);
    durations.seconds("first_byte", record.first_byte);
    durations.seconds("total", record.total);
    reader.insist(durations.is_good());
  }
  const bool has_part = json.contains("part");
  Partial partial;
  if (has_part) {
    Reader part(json["part"]);
    part.text("name", partial.name);
    part.number("bytes", partial.stamp.size);
    part.number("inode", partial.stamp.inode);
    part.number("written_at", partial.stamp.written_at);
    reader.insist(part.is_good() && leads_down(partial.name) && partial.stamp.size > 0);
    partial.type = record.type;
    partial.etag = record.etag;
    partial.last_modified = record.last_modified;
  }
  reader.text("out", record.out);
  reader.text("wanted_sha256", record.wanted_sha256);
  const bool is_complete =
      record.origin.n > 0 &&
      (record.status != Status::saved || (!record.file.empty() && json.contains("bytes")));
  if (!reader.is_good() || !is_complete || (!record.file.empty() && !leads_down(record.file)))
    return no_record;
  if (has_part) record.partial = std::move(partial);
  if (const auto input = json.find("input"); input != json.end())
    record.origin.input =
        input->dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
  return record;
}

std::string to_record(const Outcome& outcome) {
  std::string json;
  json.reserve(512);
  Members members(json);
  members.number("n", outcome.origin.n);
  members.text("list", outcome.origin.list);
  members.text("url", outcome.url);
  if (outcome.origin.repeat > 0) members.number("repeat", outcome.origin.repeat);
  members.text("status", word(outcome.status));
  members.text("file", outcome.file);
  if (outcome.status == Status::saved) members.number("bytes", outcome.bytes);
  if (outcome.answer.http != 0) members.number("http", outcome.answer.http);
  members.text("type", outcome.answer.type);
  members.text("content_encoding", outcome.answer.content_encoding);
  if (outcome.answer.has_unverified_length) members.json("length_unverified", "true");
  if (outcome.failure) {
    members.text("kind", base::name(outcome.failure->kind()));
    members.text("error", outcome.failure->words());
  }
  members.text("final_url", outcome.answer.final_url);
  members.text("etag", outcome.answer.etag);
  members.text("last_modified", outcome.answer.last_modified);
  members.text("sha256", outcome.sha256);
  if (outcome.partial) add_part(members.object("part"), *outcome.partial);
  if (outcome.failure) {
    members.text("out", outcome.out);
    members.text("wanted_sha256", outcome.wanted_sha256);
  }
  members.number("attempts", outcome.attempts);
  members.time("at", outcome.at);
  if (outcome.attempts > 0) add_seconds(members.object("seconds"), outcome);
  members.json("input", outcome.origin.input);
  members.end();
  return json += '\n';
}

}  // namespace fetch
