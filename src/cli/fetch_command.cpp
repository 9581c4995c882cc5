#include "cli/fetch_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

#include "cli/number_check.hpp"
#include "fetch/file_name.hpp"
#include "fetch/media_type.hpp"
#include "http/endpoint.hpp"

namespace cli {
namespace {

using std::chrono::milliseconds;

/// Nothing, or what is wrong with a number of seconds.
std::string check_seconds(const std::string& text) {
  double seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, seconds);
  if (error == std::errc() && rest == end && seconds >= 0.001 && seconds <= 1e7) return "";
  return fmt::format("{} is no number of seconds from 0.001 to 10000000", text);
}

milliseconds to_milliseconds(double seconds) {
  return std::chrono::round<milliseconds>(std::chrono::duration<double>(seconds));
}

/// A size in bytes, with k, M, G or T for powers of 1024.
std::optional<base::Bytes> parse_size(const std::string& text) {
  constexpr std::string_view units = "kMGT";
  std::string digits = text;
  int power = 0;
  if (!digits.empty()) {
    const std::size_t unit = units.find(digits.back() == 'K' ? 'k' : digits.back());
    if (unit != std::string_view::npos) {
      power = static_cast<int>(unit) + 1;
      digits.pop_back();
    }
  }
  const bool is_number =
      !digits.empty() && digits.size() <= 7 + 12 &&
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) return std::nullopt;
  const base::Bytes value = std::stoull(digits);
  const base::Bytes most = UINT64_MAX >> (10 * power);
  if (value == 0 || value > most) return std::nullopt;
  return value << (10 * power);
}

std::string check_size(const std::string& text) {
  return parse_size(text) ? "" : fmt::format("{} is no size (examples: 5000, 200k, 16M)", text);
}

std::string check_header(const std::string& text) {
  const std::size_t colon = text.find_first_of(":;");
  const bool has_control = std::any_of(text.begin(), text.end(), [](char c) {
    return (c >= 0 && c < 0x20 && c != '\t') || c == 0x7f;
  });
  if (colon == std::string::npos || colon == 0 || has_control)
    return fmt::format("a header looks like \"Name: value\"");
  return "";
}

std::string check_template(const std::string& text) {
  const auto parsed = fetch::NameTemplate::parse(text);
  return parsed ? "" : parsed.error().words();
}

/// It may hold a password, and is not said again.
std::string check_proxy(const std::string& url) {
  const bool is_well = url.empty() || http::is_proxy(url);
  return is_well ? "" : "that is no proxy (examples: http://host:3128, socks5h://host:1080)";
}

std::string check_file(const std::string& path) {
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown)) return fmt::format("{} is a directory", path);
  if (access(path.c_str(), R_OK) == 0) return "";
  return fmt::format("cannot read {}: {}", path, std::generic_category().message(errno));
}

std::string check_types(const std::string& text) {
  const auto parsed = fetch::MediaTypes::parse(text);
  return parsed ? "" : parsed.error().words();
}

}  // namespace

const std::string_view FetchCommand::details =
    R"(Each line of a list is fetched, so many at once as -c says, and its body becomes
a file in the output directory: whole, or not at all. Exit status 0 means that
every line of the list is on disk. The same command again fetches what is
missing. What became of each line stands in the log.

"fetcher help" lists what can be told besides: lists, names, log, exit, kinds.
)";

FetchCommand::FetchCommand(CLI::App& app) : app_(app) {
  declare_input_and_output();
  declare_requests();
  declare_limits();
  declare_words();
}

FetchOptions FetchCommand::options() {
  options_.http.user_agent =
      user_agent_.empty() ? fmt::format("fetcher/{}", FETCHER_VERSION) : user_agent_;
  options_.http.verify_peer = !is_insecure_;
  options_.shows_progress = !hides_progress_;
  options_.http.version = version_ == "1.1" ? http::Version::up_to_1_1 : http::Version::up_to_2;
  options_.http.connect_timeout = to_milliseconds(connect_timeout_);
  options_.http.stall_timeout = to_milliseconds(stall_timeout_);
  if (max_time_ > 0) options_.http.max_time = to_milliseconds(max_time_);
  if (retry_max_time_ > 0) options_.fetch.retry.max_time = to_milliseconds(retry_max_time_);
  if (per_host_ > 0) options_.fetch.limits.per_host = per_host_;
  if (rate_ > 0) options_.fetch.limits.per_second = rate_;
  if (!max_size_.empty()) options_.http.max_size = parse_size(max_size_);
  options_.fetch.accept = *fetch::MediaTypes::parse(accept_);
  if (!limit_rate_.empty()) options_.http.bytes_per_second = parse_size(limit_rate_);
  if (overwrites_) options_.fetch.on_collision = fetch::OnCollision::overwrite;
  if (refetches_) options_.fetch.on_saved = fetch::OnSaved::refetch;
  if (updates_) options_.fetch.on_saved = fetch::OnSaved::update;
  if (skips_) options_.fetch.on_collision = fetch::OnCollision::skip;
  if (durability_ == "batch") options_.fetch.durability = fetch::Durability::batch;
  if (durability_ == "file") options_.fetch.durability = fetch::Durability::file;
  return options_;
}

template <class Value>
CLI::Option* FetchCommand::add(const char* names, Value& value, const char* words, const char* type,
                               bool shows_default) {
  CLI::Option* option = app_.add_option(names, value, words);
  if (shows_default) option->capture_default_str();
  return option->group(group_)->type_name(type);
}

CLI::Option* FetchCommand::choice(const char* names, std::string& value, const char* words,
                                  const char* type) {
  const std::vector<std::string> allowed = CLI::detail::split(type, '|');
  const auto check = [allowed](const std::string& text) {
    const bool is_allowed = std::find(allowed.begin(), allowed.end(), text) != allowed.end();
    return is_allowed ? "" : fmt::format("{} is none of {}", text, fmt::join(allowed, ", "));
  };
  return add(names, value, words, type)->check(CLI::Validator(check, ""));
}

CLI::Option* FetchCommand::flag(const char* names, bool& value, const char* words) {
  return app_.add_flag(names, value, words)->group(group_);
}

void FetchCommand::declare_input_and_output() {
  CLI::Option* sources =
      app_.add_option("SOURCE", options_.sources,
                      "A list file, a URL, or - for standard input; none: standard input");
  group_ = "Input and output";
  add("-o,--output-dir", options_.output_dir,
      "Where files and the log go. It is made if it is missing.", "DIR");
  add("--name", options_.fetch.name_template,
      "Template of file names. It is made of {name} {stem} {ext} {host} {n} {sha1}; see the "
      "names.",
      "TEMPLATE")
      ->check(CLI::Validator(check_template, ""));
  flag("--sha256", options_.fetch.notes_sha256,
       "Note the SHA-256 of each file in its record. What is skipped has the digest that was "
       "noted when it was saved.");
  flag("--unique", options_.fetch.is_unique, "Fetch a URL that stands twice in the list once");
  CLI::Option* overwrite = flag("--overwrite", overwrites_, "Replace files that are there");
  flag("--skip-existing", skips_, "Do not fetch what has a file already")->excludes(overwrite);
  CLI::Option* refetch = flag("--refetch", refetches_, "Fetch what the log calls saved, too");
  flag("--update", updates_,
       "Ask the server whether what is saved has changed. What has not is not sent again.")
      ->excludes(refetch);
  CLI::Option* follow = flag(
      "--follow", options_.follows,
      "Go on reading the last list as it grows, until a signal. One that is replaced or becomes "
      "shorter ends the run with status 2.");
  add("--retry-failed", options_.retry_failed, "Take the list from the failures of a log", "LOG",
      /*shows_default=*/false)
      ->excludes(sources)
      ->excludes(follow);
  choice("--durability", durability_,
         "What survives once it is reported saved. With rename, the death of the process; with "
         "batch and file, power loss too: with a sync for many files, or for each.",
         "rename|batch|file");
  add("--log", options_.log, "The log [DIR/fetcher.jsonl]", "FILE", /*shows_default=*/false);
}

void FetchCommand::declare_requests() {
  group_ = "Requests";
  add("-c,--concurrency", options_.fetch.limits.at_once,
      "Requests in flight at once. From 1 to 10000.", "N")
      ->check(number_from(1, 10000));
  app_.add_option(
          "-H,--header", options_.fetch.headers,
          "A header line, as \"Name: value\". It goes to the origin of the URL in the list only.")
      ->group(group_)
      ->type_name("LINE")
      ->type_size(1)
      ->allow_extra_args(false)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(CLI::Validator(check_header, ""));
  add("-A,--user-agent", user_agent_, "What the User-Agent says [fetcher/VERSION]", "TEXT",
      /*shows_default=*/false);
  app_.add_option_function<std::string>(
          "-x,--proxy", [this](const std::string& url) { options_.http.proxy = url; },
          "Proxy to go through. An empty one is none [what the environment says]")
      ->group(group_)
      ->type_name("URL")
      ->check(CLI::Validator(check_proxy, ""));
  add("--cacert", options_.http.ca_file, "File of CA certificates to trust [the system's]", "FILE",
      false)
      ->check(CLI::Validator(check_file, ""));
  flag("-k,--insecure", is_insecure_, "Do not verify certificates");
  flag("--deny-private", options_.http.denies_private,
       "Connect to public addresses only, on redirects too");
  app_.add_option_function<std::string>(
          "-u,--user", [this](const std::string& user) { options_.fetch.user = user; },
          "Credentials for URLs that have none. They go to the origin of the URL in the list "
          "only.")
      ->group(group_)
      ->type_name("USER:PASSWORD");
  add("--accept", accept_,
      "Keep these media types only, as image/*,text/html. What is of another one, by what the "
      "server says or by its first bytes, is a failure [all]",
      "TYPES", /*shows_default=*/false)
      ->check(CLI::Validator(check_types, ""));
  choice("--http", version_, "HTTP/2 where a TLS server offers it, or 1.1", "auto|1.1|2");
}

void FetchCommand::declare_limits() {
  const CLI::Validator seconds(check_seconds, "");
  group_ = "Limits";
  add("--connect-timeout", connect_timeout_, "Seconds for name, connection and TLS", "S")
      ->check(seconds);
  add("--stall-timeout", stall_timeout_, "Seconds without a byte until it fails", "S")
      ->check(seconds);
  add("--max-time", max_time_, "Seconds for one attempt [none]", "S", false)->check(seconds);
  add("--max-size", max_size_, "Bytes of a body, as 5000, 200k, 16M [none]", "B", false)
      ->check(CLI::Validator(check_size, ""));
  add("--per-host", per_host_, "Requests in flight at once of one host [none]", "N", false)
      ->check(number_from(1, 10000));
  add("--rate", rate_, "New requests per second of one host [none]", "R", false)
      ->check(number_from(1e-4, 1e6));
  add("--limit-rate", limit_rate_, "Bytes per second in all, as --max-size has them [none]", "B",
      false)
      ->check(CLI::Validator(check_size, ""));
  add("--retry", options_.fetch.retry.tries_after_first, "Tries after the first", "N")
      ->check(number_from(0, 1000));
  add("--retry-max-time", retry_max_time_, "Seconds for all tries of one URL [none]", "S", false)
      ->check(seconds);
  add("--max-redirs", options_.fetch.max_redirects, "Redirects of one URL", "N")
      ->check(number_from(0, 100));
}

void FetchCommand::declare_words() {
  group_ = "Words";
  flag("--json", options_.writes_records, "Records on stdout, one JSON object per line");
  flag("-q,--quiet", options_.is_quiet, "Say nothing on stderr");
  flag("-v,--verbose", options_.is_verbose, "A line on stderr for each URL");
  flag("--no-progress", hides_progress_, "Do not show how far the run is");
}

}  // namespace cli
