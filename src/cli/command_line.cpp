#include "cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "cli/declared.hpp"
#include "cli/help.hpp"
#include "fetch/file_name.hpp"
#include "fetch/media_type.hpp"
#include "loop/loop.hpp"

namespace cli {
namespace {

constexpr std::string_view fetch_details =
    R"(Each line of a list is fetched, so many at once as -c says, and its body becomes
a file in the output directory: whole, or not at all. Exit status 0 means that
every line of the list is on disk. The same command again fetches what is
missing. What became of each line stands in the log.

"fetcher help" lists what can be told besides: lists, names, log, exit, kinds.
)";

constexpr std::string_view packets_details =
    R"(A line is "auth ID", "disconnect ID" or "ID message". The messages of users who
are authorised go to ID.txt, in order, each within a second; all other packets
are dropped and counted. An ID is 1 to 64 letters, digits, _ and -.

Examples:

  fetcher packets --simulate | fetcher packets -o out
  fetcher packets -o out --listen 127.0.0.1:4000

Exit status: 0 all written (drops are no failure), 1 some file was refused, 2
wrong usage or unreadable stream, 3 the disk failed; killed by a signal, it
writes what it has and dies of it.
)";

constexpr std::string_view stats_details =
    R"(Numbers are decimals; a question between them is answered at once, on a line of
its own: mean variance count stddev pvariance min max sum median p90 p99, or
all. Variance and stddev are the sample's (n - 1), pvariance the population's.
median, p90 and p99 are within 1 % of the value's size. The end of the stream
answers all; SIGUSR1 answers all on stderr.

Examples:

  seq 10 | fetcher stats
  (echo 1 2 3 mean; echo 4 median) | fetcher stats
  fetcher stats --field seconds.total fetcher.jsonl

Exit status: 0 all read, 1 something was no number, 2 wrong usage or unreadable
stream, 3 stdout failed.
)";

constexpr std::string_view report_details =
    R"(LOG is the log of a fetch, or a directory with a fetcher.jsonl. The report is
one HTML file, which needs no network; it tells the end of each line, however
often the fetch was run, and links to the files by relative path, so that it
belongs next to them. A file that is no report is not replaced.

Examples:

  fetcher report pictures
  fetcher report --text pictures | less

Exit status: 0 done, 2 wrong usage, unreadable log, or a file in the way, 3 the
disk or stdout failed.
)";

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

std::string check_types(const std::string& text) {
  const auto parsed = fetch::MediaTypes::parse(text);
  return parsed ? "" : parsed.error().words();
}

std::string versions() {
  return fmt::format("fetcher {}\nlibcurl {}\nlibuv {}\n", FETCHER_VERSION, http::libcurl_version(),
                     loop::libuv_version());
}

/// Declares the options of `fetcher [OPTIONS] [SOURCE...]`, and reads them into `options`.
class FetchCommand {
 public:
  static constexpr const char* word = "fetch";
  static constexpr const char* name = "fetcher";
  static constexpr const char* summary =
      "Fetch a list of URLs, many at once, and lay the bodies on disk.";
  static constexpr std::string_view details = fetch_details;

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

 private:
  void declare_input_and_output() {
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

  void declare_requests() {
    group_ = "Requests";
    add("-c,--concurrency", options_.fetch.limits.at_once,
        "Requests in flight at once. From 1 to 10000.", "N")
        ->check(CLI::Range(1, 10000).description(""));
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
        ->type_name("URL");
    add("--cacert", options_.http.ca_file, "File of CA certificates to trust [the system's]",
        "FILE", false)
        ->check(CLI::ExistingFile.description(""));
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

  void declare_limits() {
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
        ->check(CLI::Range(1, 10000).description(""));
    add("--rate", rate_, "New requests per second of one host [none]", "R", false)
        ->check(CLI::Range(1e-4, 1e6).description(""));
    add("--limit-rate", limit_rate_, "Bytes per second in all, as --max-size has them [none]", "B",
        false)
        ->check(CLI::Validator(check_size, ""));
    add("--retry", options_.fetch.retry.tries_after_first, "Tries after the first", "N")
        ->check(CLI::Range(0, 1000).description(""));
    add("--retry-max-time", retry_max_time_, "Seconds for all tries of one URL [none]", "S", false)
        ->check(seconds);
    add("--max-redirs", options_.fetch.max_redirects, "Redirects of one URL", "N")
        ->check(CLI::Range(0, 100).description(""));
  }

  void declare_words() {
    group_ = "Words";
    flag("--json", options_.writes_records, "Records on stdout, one JSON object per line");
    flag("-q,--quiet", options_.is_quiet, "Say nothing on stderr");
    flag("-v,--verbose", options_.is_verbose, "A line on stderr for each URL");
    flag("--no-progress", hides_progress_, "Do not show how far the run is");
  }

  template <class Value>
  CLI::Option* add(const char* names, Value& value, const char* words, const char* type,
                   bool shows_default = true) {
    CLI::Option* option = app_.add_option(names, value, words);
    if (shows_default) option->capture_default_str();
    return option->group(group_)->type_name(type);
  }

  /// An option that takes one of the words in `type`, which are separated by `|`.
  CLI::Option* choice(const char* names, std::string& value, const char* words, const char* type) {
    const std::vector<std::string> allowed = CLI::detail::split(type, '|');
    return add(names, value, words, type)->check(CLI::IsMember(allowed).description(""));
  }

  CLI::Option* flag(const char* names, bool& value, const char* words) {
    return app_.add_flag(names, value, words)->group(group_);
  }

  CLI::App& app_;
  std::string group_;
  FetchOptions options_;
  std::string user_agent_;
  std::string version_ = "auto";
  std::string durability_ = "rename";
  std::string max_size_;
  std::string limit_rate_;
  std::string accept_;
  double connect_timeout_ = 10;
  double stall_timeout_ = 30;
  double max_time_ = 0;
  double retry_max_time_ = 0;
  double rate_ = 0;
  std::size_t per_host_ = 0;
  bool is_insecure_ = false;
  bool overwrites_ = false;
  bool skips_ = false;
  bool refetches_ = false;
  bool updates_ = false;
  bool hides_progress_ = false;
};

/// Declares the options of `fetcher packets [OPTIONS] [FILE]`.
class PacketsCommand {
 public:
  static constexpr const char* word = "packets";
  static constexpr const char* name = "fetcher packets";
  static constexpr const char* summary = "Sort a stream of packets into one file per user.";
  static constexpr std::string_view details = packets_details;

  explicit PacketsCommand(CLI::App& app) {
    packets::SimulationOptions& simulation = options_.simulation;
    CLI::Option* file =
        app.add_option("FILE", options_.file, "A stream of packets, or - for standard input");
    app.add_option("-o,--output-dir", options_.output_dir, "Where ID.txt of each user goes")
        ->type_name("DIR")
        ->capture_default_str();
    app.add_option("--listen", options_.listen_on, "Take packets from TCP connections instead")
        ->type_name("HOST:PORT")
        ->excludes(file);
    app.add_flag("-q,--quiet", options_.is_quiet, "Say nothing on stderr");
    CLI::Option* simulate =
        app.add_flag("--simulate", options_.simulates, "Print a simulated stream instead");
    const auto add = [&](const char* names, auto& value, const char* words) {
      return app.add_option(names, value, words)
          ->needs(simulate)
          ->type_name("N")
          ->check(CLI::Range(std::uint64_t{0}, std::uint64_t{1} << 62).description(""));
    };
    add("--users", simulation.users, "Users who are authorised")->capture_default_str();
    add("--strangers", simulation.strangers, "Users who are not")->capture_default_str();
    add("--messages", messages_, "Messages of each [10 to 20, at random]");
    seed_ = add("--seed", simulation.seed, "The same seed, the same stream [differs]");
  }

  PacketsOptions options() {
    options_.has_seed = seed_->count() > 0;
    options_.simulation.messages = messages_;
    return options_;
  }

 private:
  PacketsOptions options_;
  std::optional<std::uint64_t> messages_;
  CLI::Option* seed_ = nullptr;
};

/// Declares the options of `fetcher stats [OPTIONS] [FILE]`.
class StatsCommand {
 public:
  static constexpr const char* word = "stats";
  static constexpr const char* name = "fetcher stats";
  static constexpr const char* summary = "Answer questions about a stream of numbers.";
  static constexpr std::string_view details = stats_details;

  explicit StatsCommand(CLI::App& app) {
    app.add_option("FILE", options_.file, "Numbers and questions, or - for standard input");
    app.add_option("--field", options_.field, "Take this field of JSON lines, as seconds.total")
        ->type_name("NAME");
    app.add_flag("-q,--quiet", options_.is_quiet, "Say nothing on stderr");
  }

  StatsOptions options() { return options_; }

 private:
  StatsOptions options_;
};

/// Declares the options of `fetcher report [OPTIONS] [LOG]`.
class ReportCommand {
 public:
  static constexpr const char* word = "report";
  static constexpr const char* name = "fetcher report";
  static constexpr const char* summary = "Tell what the log of a fetch says, as a page or as text.";
  static constexpr std::string_view details = report_details;

  explicit ReportCommand(CLI::App& app) {
    app.add_option("LOG", options_.log, "A log, or a directory with one [fetcher.jsonl]");
    CLI::Option* output =
        app.add_option("-o,--output", options_.output, "The report [report.html next to the log]")
            ->type_name("FILE");
    app.add_option("--files", options_.files, "Where the files lie [next to the log]")
        ->type_name("DIR");
    app.add_flag("--overwrite", options_.overwrites, "Replace a file that is no report");
    app.add_flag("--text", options_.is_text, "Say it on stdout instead")->excludes(output);
    app.add_flag("-q,--quiet", options_.is_quiet, "Say nothing on stderr");
  }

  ReportOptions options() { return options_; }

 private:
  ReportOptions options_;
};

/// One line, whatever the library says.
std::string usage_error(std::string_view command, std::string words) {
  std::replace(words.begin(), words.end(), '\n', ' ');
  return fmt::format("fetcher: {} (fetcher help {} lists the options)\n", words, command);
}

/// An app in which the options of a command have been declared, and which reads them.
template <class Declared>
struct Reader {
  Reader() {
    app.set_help_flag("-h,--help", "Print this and exit")->group("Help");
    app.set_version_flag("-V,--version", versions(), "Print the versions that run and exit")
        ->group("Help");
  }

  CLI::App app{Declared::summary, Declared::name};
  Declared command{app};
};

/// What is read from the words, or what is to be said instead.
template <class Declared>
Command read(int count, const char* const* words) {
  Reader<Declared> reader;
  try {
    reader.app.parse(count, words);
    return reader.command.options();
  } catch (const CLI::CallForHelp&) {
    const Manual manual = make_manual();
    const std::string_view word = Declared::word;
    return Answer{word == "fetch" ? front_page(manual) : help_on(manual, word), false};
  } catch (const CLI::CallForVersion&) {
    return Answer{versions(), false};
  } catch (const CLI::ParseError& error) {
    return Answer{usage_error(Declared::word, error.what()), true};
  }
}

template <class Declared>
CommandText describe() {
  const Reader<Declared> reader;
  CommandText text;
  text.word = Declared::word;
  text.name = Declared::name;
  text.summary = Declared::summary;
  text.details = Declared::details;
  text.operands = operands_of(reader.app);
  text.options = options_of(reader.app);
  return text;
}

/// A word that names a command, and what that command is.
struct Entry {
  std::string_view word;
  Command (*read)(int count, const char* const* words);
  CommandText (*describe)();
};

template <class Declared>
constexpr Entry entry() {
  return Entry{Declared::word, read<Declared>, describe<Declared>};
}

/// The first is the one that needs no word.
constexpr std::array commands = {entry<FetchCommand>(), entry<ReportCommand>(),
                                 entry<PacketsCommand>(), entry<StatsCommand>()};

Command tell(int count, const char* const* words) {
  const Manual manual = make_manual();
  const std::string_view word = count > 1 ? words[1] : "";
  if (word.empty() || word.starts_with('-')) return Answer{list_of_topics(manual), false};
  const std::string text = help_on(manual, word);
  if (!text.empty()) return Answer{text, false};
  return Answer{fmt::format("fetcher: there is no help on {} (fetcher help lists the topics)\n",
                            base::printable(word)),
                true};
}

}  // namespace

Manual make_manual() {
  Manual manual{FETCHER_VERSION, FETCHER_RELEASED, {}};
  for (const Entry& each : commands) manual.commands.push_back(each.describe());
  return manual;
}

Command parse_command_line(int count, const char* const* words) {
  const std::string_view first = count > 1 ? words[1] : "";
  if (first == "help") return tell(count - 1, words + 1);
  for (const Entry& each : std::span(commands).subspan(1))
    if (first == each.word) return each.read(count - 1, words + 1);
  return commands.front().read(count, words);
}

}  // namespace cli
