#include "cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fetch/file_name.hpp"
#include "loop/loop.hpp"

namespace cli {
namespace {

constexpr std::string_view examples = R"(
Examples:
  fetcher -c 10 urls.txt                    fetch a list, ten at a time, into this directory
  grep -o 'https[^"]*' page.html | fetcher -o pictures -
                                            URLs from a pipe, each as soon as it comes
  fetcher -o out --json urls.txt | jq .url  a record for each line, also in out/fetcher.jsonl

A list has one URL per line; blank lines and lines that begin with # are passed over. A line may be
a JSON object with "url" and, if wanted, "out", "headers" and "sha256".

Exit status: 0 all saved, 1 some URL failed, 2 wrong usage or unreadable list, 3 this machine failed
(disk full, output directory, log); killed by a signal, it cleans up and dies of that signal.
)";

using std::chrono::milliseconds;

/// Nothing, or what is wrong with a number of seconds.
std::string check_seconds(const std::string& text) {
  try {
    std::size_t used = 0;
    const double seconds = std::stod(text, &used);
    if (used == text.size() && std::isfinite(seconds) && seconds >= 0.001 && seconds <= 1e7)
      return "";
  } catch (const std::exception&) {
  }
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

std::string versions() {
  return fmt::format("fetcher {}\nlibcurl {}\nlibuv {}\n", FETCHER_VERSION, http::libcurl_version(),
                     loop::libuv_version());
}

/// Declares the options of `fetcher [OPTIONS] [SOURCE...]`, and reads them into `options`.
class FetchCommand {
 public:
  explicit FetchCommand(CLI::App& app) : app_(app) {
    declare_input_and_output();
    declare_requests();
    declare_limits();
    declare_words();
  }

  FetchOptions options() {
    options_.http.user_agent =
        user_agent_.empty() ? fmt::format("fetcher/{}", FETCHER_VERSION) : user_agent_;
    options_.http.verify_peer = !is_insecure_;
    options_.http.version = version_ == "1.1" ? http::Version::up_to_1_1 : http::Version::up_to_2;
    options_.http.connect_timeout = to_milliseconds(connect_timeout_);
    options_.http.stall_timeout = to_milliseconds(stall_timeout_);
    if (max_time_ > 0) options_.http.max_time = to_milliseconds(max_time_);
    if (!max_size_.empty()) options_.http.max_size = parse_size(max_size_);
    if (overwrites_) options_.fetch.on_collision = fetch::OnCollision::overwrite;
    if (skips_) options_.fetch.on_collision = fetch::OnCollision::skip;
    return options_;
  }

 private:
  void declare_input_and_output() {
    app_.add_option("SOURCE", options_.sources,
                    "A list file, a URL, or - for standard input; none: standard input");
    group_ = "Input and output";
    add("-o,--output-dir", options_.output_dir, "Where files and the log go; made if missing",
        "DIR");
    add("--name", options_.fetch.name_template,
        "File names, from {name} {stem} {ext} {host} {n} {sha1}", "TEMPLATE")
        ->check(CLI::Validator(check_template, ""));
    CLI::Option* overwrite = flag("--overwrite", overwrites_, "Replace files that are there");
    flag("--skip-existing", skips_, "Do not fetch what has a file already")->excludes(overwrite);
    add("--log", options_.log, "The log [DIR/fetcher.jsonl]", "FILE", /*shows_default=*/false);
  }

  void declare_requests() {
    group_ = "Requests";
    add("-c,--concurrency", options_.fetch.concurrency, "Requests in flight at once", "N")
        ->check(CLI::Range(1, 10000).description(""));
    app_.add_option("-H,--header", options_.fetch.headers,
                    "A header line, for the URL's own origin only")
        ->group(group_)
        ->type_name("LINE")
        ->type_size(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->check(CLI::Validator(check_header, ""));
    add("-A,--user-agent", user_agent_, "The User-Agent", "TEXT", false);
    app_.add_option_function<std::string>(
            "-x,--proxy", [this](const std::string& url) { options_.http.proxy = url; },
            "Proxy; \"\" for none [what the environment says]")
        ->group(group_)
        ->type_name("URL");
    add("--cacert", options_.http.ca_file, "CA certificates to trust [the system's]", "FILE", false)
        ->check(CLI::ExistingFile.description(""));
    flag("-k,--insecure", is_insecure_, "Do not verify certificates");
    add("--http", version_, "auto or 2: HTTP/2 where a TLS server offers it; or 1.1", "V")
        ->check(CLI::IsMember({"auto", "1.1", "2"}).description(""));
  }

  void declare_limits() {
    const CLI::Validator seconds(check_seconds, "");
    group_ = "Limits";
    add("--connect-timeout", connect_timeout_, "Name, connection and TLS take longer", "S")
        ->check(seconds);
    add("--stall-timeout", stall_timeout_, "No byte comes for so long", "S")->check(seconds);
    add("--max-time", max_time_, "One attempt takes longer [none]", "S", false)->check(seconds);
    add("--max-size", max_size_, "A body is larger, as 5000, 200k, 16M [none]", "B", false)
        ->check(CLI::Validator(check_size, ""));
    add("--max-redirs", options_.fetch.max_redirects, "More redirects", "N")
        ->check(CLI::Range(0, 100).description(""));
  }

  void declare_words() {
    group_ = "Words";
    flag("--json", options_.writes_records, "Records on stdout, one JSON object per line");
    flag("-q,--quiet", options_.is_quiet, "Say nothing on stderr");
    flag("-v,--verbose", options_.is_verbose, "A line on stderr for each URL");
    app_.add_flag("!--no-progress", options_.shows_progress, "No status line")->group(group_);
  }

  template <class Value>
  CLI::Option* add(const char* names, Value& value, const char* words, const char* type,
                   bool shows_default = true) {
    CLI::Option* option = app_.add_option(names, value, words);
    if (shows_default) option->capture_default_str();
    return option->group(group_)->type_name(type);
  }

  CLI::Option* flag(const char* names, bool& value, const char* words) {
    return app_.add_flag(names, value, words)->group(group_);
  }

  CLI::App& app_;
  std::string group_;
  FetchOptions options_;
  std::string user_agent_;
  std::string version_ = "auto";
  std::string max_size_;
  double connect_timeout_ = 10;
  double stall_timeout_ = 30;
  double max_time_ = 0;
  bool is_insecure_ = false;
  bool overwrites_ = false;
  bool skips_ = false;
};

/// One line, whatever the library says.
std::string usage_error(std::string words) {
  std::replace(words.begin(), words.end(), '\n', ' ');
  return fmt::format("fetcher: {} (fetcher --help lists the options)\n", words);
}

}  // namespace

Command parse_command_line(int count, const char* const* words) {
  CLI::App app("Fetch a list of URLs, many at once, and lay the bodies on disk.", "fetcher");
  app.footer(std::string(examples));
  app.set_help_flag("-h,--help", "Print this and exit");
  app.set_version_flag("-V,--version", versions(), "Print the versions that are running and exit");
  FetchCommand fetch(app);
  try {
    app.parse(count, words);
    return fetch.options();
  } catch (const CLI::CallForHelp&) {
    return Answer{app.help(), false};
  } catch (const CLI::CallForVersion&) {
    return Answer{versions(), false};
  } catch (const CLI::ParseError& error) {
    return Answer{usage_error(error.what()), true};
  }
}

}  // namespace cli
