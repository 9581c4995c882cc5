#include "fetch/list_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "fetch/file_name.hpp"

namespace fetch {
namespace {

using Json = nlohmann::ordered_json;

// Writing JSON takes stack for each level.
constexpr int deepest_nesting = 100;

base::Failure bad_line(std::string words) {
  return base::Failure(base::Kind::bad_url, 0, std::move(words));
}

/// What a record shows of a line that is no URL. Nobody knows where in it a user and a password
/// stand: all before the last "@" could be them, but for the scheme.
std::string excerpt(std::string_view line) {
  constexpr std::size_t readable = 200;
  const std::size_t scheme_end = line.find("://");
  const std::size_t authority = scheme_end == std::string_view::npos ? 0 : scheme_end + 3;
  const std::size_t at = line.rfind('@');
  std::string shown(line.substr(0, authority));
  shown += line.substr(at == std::string_view::npos || at < authority ? authority : at + 1);
  if (shown.size() > readable) shown = shown.substr(0, readable) + "...";
  return shown;
}

/// Nothing when `text` can be a header line as it stands.
std::optional<std::string> fault_of_header(std::string_view name, std::string_view value) {
  const auto is_control = [](char c) {
    return base::is_control(static_cast<unsigned char>(c) & 0x7FU) && c != '\t';
  };
  if (name.empty() || name.find_first_of(": \t") != std::string_view::npos ||
      std::any_of(name.begin(), name.end(), is_control))
    return "a header's name is wrong";
  if (std::any_of(value.begin(), value.end(), is_control)) return "a header has control characters";
  return std::nullopt;
}

/// Nothing when `out` can be the name of a file, directories included.
std::optional<std::string> fault_of_out(std::string_view out) {
  constexpr std::ptrdiff_t most_directories = 64;
  if (out.empty()) return std::nullopt;
  if (!leads_down(out)) return "`out` is no path below the output directory";
  if (std::count(out.begin(), out.end(), '/') > most_directories)
    return fmt::format("`out` has more than {} directories", most_directories);
  return std::nullopt;
}

base::Result<std::string> take_text(Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return std::string();
  if (!found->is_string()) return bad_line(fmt::format("`{}` is not a text", key));
  std::string text = found->get<std::string>();
  object.erase(found);
  return text;
}

base::Result<std::vector<std::string>> take_headers(Json& object) {
  std::vector<std::string> lines;
  const auto found = object.find("headers");
  if (found == object.end()) return lines;
  if (!found->is_object()) return bad_line("`headers` is not an object");
  for (const auto& [name, value] : found->items()) {
    if (!value.is_string()) return bad_line("a header's value is not a text");
    const std::string text = value.get<std::string>();
    if (const auto fault = fault_of_header(name, text)) return bad_line(*fault);
    lines.push_back(fmt::format("{}: {}", name, text));
  }
  object.erase(found);
  return lines;
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

base::Result<Job> job_of_url(const std::string& text) {
  base::Result<http::Url> url = http::Url::parse(text);
  if (!url) return url.error();
  return Job{Origin(), std::move(*url), "", {}, "", {}, {}};
}

/// Takes what is ours out of `object`; the rest stays in it.
base::Result<Job> job_of_object(Json& object) {
  base::Result<std::string> url = take_text(object, "url");
  if (!url) return url.error();
  if (url->empty()) return bad_line("the JSON line has no `url`");
  base::Result<Job> job = job_of_url(*url);
  if (!job) return job;
  base::Result<std::string> out = take_text(object, "out");
  if (!out) return out.error();
  if (const auto fault = fault_of_out(*out)) return bad_line(*fault);
  base::Result<std::string> sha256 = take_text(object, "sha256");
  if (!sha256) return sha256.error();
  base::Result<std::vector<std::string>> headers = take_headers(object);
  if (!headers) return headers.error();
  job->out = std::move(*out);
  job->sha256 = base::to_lower(*sha256);
  job->headers = std::move(*headers);
  if (!job->sha256.empty() && !is_sha256(job->sha256))
    return bad_line("`sha256` is not 64 hexadecimal digits");
  return job;
}

base::Result<Job> job_of_json(const std::string& text, std::string& shown, std::string& input) {
  // What is not understood may hold a header with a password.
  shown = "(a line of JSON)";
  bool is_too_deep = false;
  const auto look_at_depth = [&](int depth, Json::parse_event_t, Json&) {
    is_too_deep = is_too_deep || depth > deepest_nesting;
    return !is_too_deep;
  };
  Json object = Json::parse(text, look_at_depth, /*allow_exceptions=*/false);
  if (is_too_deep) return bad_line("the JSON is nested too deeply");
  const bool ends_early = text.find('\0') != std::string::npos;  // the parser stops there
  if (!object.is_object() || ends_early) return bad_line("not a JSON object in one line");
  if (const auto url = object.find("url"); url != object.end() && url->is_string())
    shown = url->get<std::string>();
  base::Result<Job> job = job_of_object(object);
  if (job && !object.empty())
    input = object.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
  return job;
}

}  // namespace

std::optional<Entry> parse_line(const disk::Line& line, const std::string& list) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  std::string_view content = line.text;
  if (line.number == 1 && content.starts_with(byte_order_mark))
    content.remove_prefix(byte_order_mark.size());
  const std::string text(base::trim(content));
  if (!line.is_too_long && (text.empty() || text.starts_with('#'))) return std::nullopt;

  Origin origin{list, line.number, 0, ""};
  std::string shown = text;
  base::Result<Job> job = bad_line(
      fmt::format("the line is longer than {} KiB", disk::LineReader::longest / base::KiB));
  if (!line.is_too_long)
    job = text.starts_with('{') ? job_of_json(text, shown, origin.input) : job_of_url(text);
  if (!job) return BadLine{std::move(origin), excerpt(shown), job.error()};
  job->origin = std::move(origin);
  return std::move(*job);
}

}  // namespace fetch
