#include "cli/command_line.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

TEST_SUITE_BEGIN("cli");

using namespace std::chrono_literals;

namespace {

cli::Command parse(std::vector<const char*> words) {
  words.insert(words.begin(), "fetcher");
  return cli::parse_command_line(static_cast<int>(words.size()), words.data());
}

cli::FetchOptions options(std::vector<const char*> words) {
  const cli::Command command = parse(std::move(words));
  REQUIRE(std::holds_alternative<cli::FetchOptions>(command));
  return std::get<cli::FetchOptions>(command);
}

cli::Answer answer(std::vector<const char*> words) {
  const cli::Command command = parse(std::move(words));
  REQUIRE(std::holds_alternative<cli::Answer>(command));
  return std::get<cli::Answer>(command);
}

}  // namespace

TEST_CASE("without options a list is fetched ten at a time into this directory") {
  const cli::FetchOptions got = options({"urls.txt"});
  CHECK(got.sources == std::vector<std::string>{"urls.txt"});
  CHECK(got.output_dir == ".");
  CHECK(got.fetch.limits.at_once == 10);
  CHECK(got.fetch.max_redirects == 10);
  CHECK(got.fetch.durability == fetch::Durability::rename);
  CHECK(got.http.connect_timeout == 10s);
  CHECK(got.http.stall_timeout == 30s);
  CHECK_FALSE(got.http.max_time);
  CHECK_FALSE(got.http.max_size);
  CHECK(got.http.verify_peer);
  CHECK(got.http.user_agent.starts_with("fetcher/"));
}

TEST_CASE("every option reaches its place") {
  const cli::FetchOptions got = options({"-c",
                                         "50",
                                         "-o",
                                         "out",
                                         "--name",
                                         "{n}.{ext}",
                                         "--connect-timeout",
                                         "1.5",
                                         "--stall-timeout",
                                         "2",
                                         "--max-time",
                                         "3",
                                         "--max-size",
                                         "16M",
                                         "--max-redirs",
                                         "0",
                                         "-H",
                                         "A: b",
                                         "-H",
                                         "C: d",
                                         "-A",
                                         "me",
                                         "-x",
                                         "http://p:1",
                                         "-k",
                                         "--http",
                                         "1.1",
                                         "--json",
                                         "-q",
                                         "--no-progress",
                                         "-v",
                                         "--log",
                                         "l",
                                         "--skip-existing",
                                         "--per-host",
                                         "2",
                                         "--rate",
                                         "0.5",
                                         "--retry",
                                         "7",
                                         "--retry-max-time",
                                         "60",
                                         "--update",
                                         "--durability",
                                         "batch",
                                         "--accept",
                                         "image/*,text/html",
                                         "--sha256",
                                         "--limit-rate",
                                         "200k",
                                         "a.txt",
                                         "http://h/x",
                                         "-"});
  CHECK(got.fetch.limits.at_once == 50);
  CHECK(got.output_dir == "out");
  CHECK(got.fetch.name_template == "{n}.{ext}");
  CHECK(got.http.connect_timeout == 1500ms);
  CHECK(got.http.stall_timeout == 2s);
  CHECK(got.http.max_time == 3s);
  CHECK(got.http.max_size == 16 * base::MiB);
  CHECK(got.fetch.max_redirects == 0);
  CHECK(got.fetch.headers == std::vector<std::string>{"A: b", "C: d"});
  CHECK(got.http.user_agent == "me");
  CHECK(got.http.proxy == "http://p:1");
  CHECK_FALSE(got.http.verify_peer);
  CHECK(got.http.version == http::Version::up_to_1_1);
  CHECK(got.writes_records);
  CHECK(got.is_quiet);
  CHECK(got.is_verbose);
  CHECK_FALSE(got.shows_progress);
  CHECK(got.log == "l");
  CHECK(got.fetch.on_collision == fetch::OnCollision::skip);
  CHECK(got.fetch.limits.per_host == 2);
  CHECK(got.fetch.limits.per_second == 0.5);
  CHECK(got.fetch.retry.tries_after_first == 7);
  CHECK(got.fetch.retry.max_time == 1min);
  CHECK(got.fetch.on_saved == fetch::OnSaved::update);
  CHECK(got.fetch.durability == fetch::Durability::batch);
  CHECK(got.fetch.notes_sha256);
  CHECK(got.http.bytes_per_second == 200 * base::KiB);
  CHECK(got.fetch.accept.text() == "image/*, text/html");
  CHECK(got.sources == std::vector<std::string>{"a.txt", "http://h/x", "-"});
}

TEST_CASE("of an option that is given more than once the last one holds") {
  const cli::FetchOptions got = options({"-c", "50", "--durability", "file", "-x", "http://a:1",
                                         "-q", "-c", "4", "-q", "--durability", "batch", "-x", ""});
  CHECK(got.fetch.limits.at_once == 4);
  CHECK(got.fetch.durability == fetch::Durability::batch);
  CHECK(got.http.proxy == "");
  CHECK(got.is_quiet);
  CHECK(answer({"-c", "4", "-c"}).text.find("--concurrency needs a value: N") != std::string::npos);
}

TEST_CASE("a report is made of a log, as a page or as text") {
  const cli::Command bare = parse({"report"});
  REQUIRE(std::holds_alternative<cli::ReportOptions>(bare));
  CHECK(std::get<cli::ReportOptions>(bare).log.empty());
  CHECK_FALSE(std::get<cli::ReportOptions>(bare).is_text);

  const cli::Command full =
      parse({"report", "out", "-o", "r.html", "--files", "there", "--overwrite", "-q"});
  REQUIRE(std::holds_alternative<cli::ReportOptions>(full));
  const auto& options = std::get<cli::ReportOptions>(full);
  CHECK(options.log == "out");
  CHECK(options.output == "r.html");
  CHECK(options.files == "there");
  CHECK(options.overwrites);
  CHECK(options.is_quiet);

  // A list of that name is still a list.
  CHECK(std::holds_alternative<cli::FetchOptions>(parse({"./report"})));
}

TEST_CASE("what is wrong is said in one line that names the option") {
  struct Row {
    std::vector<const char*> words;
    const char* named;
  };
  for (const Row& row : std::vector<Row>{
           {{"-c", "0"}, "--concurrency"},
           {{"-c", "-1"}, "--concurrency"},
           {{"-c", "1000000000"}, "--concurrency"},
           {{"-c", "abc"}, "--concurrency"},
           {{"-c"}, "--concurrency"},
           {{"--durability", "none"}, "--durability"},
           {{"--max-time", "soon"}, "--max-time"},
           {{"--max-time", "0"}, "--max-time"},
           {{"--stall-timeout", "nan"}, "--stall-timeout"},
           {{"--max-size", "12x"}, "--max-size"},
           {{"--accept", "image"}, "--accept"},
           {{"--limit-rate", "0"}, "--limit-rate"},
           {{"--max-size", "-1"}, "--max-size"},
           {{"--max-size", "99999999T"}, "--max-size"},
           {{"--max-redirs", "-1"}, "--max-redirs"},
           {{"--per-host", "0"}, "--per-host"},
           {{"--rate", "0"}, "--rate"},
           {{"--retry", "-1"}, "--retry"},
           {{"--retry-max-time", "never"}, "--retry-max-time"},
           {{"--name", "{nam}"}, "--name"},
           {{"--http", "3"}, "--http"},
           {{"-H", "nocolon"}, "--header"},
           {{"-H", "A: b\r\nEvil: c"}, "--header"},
           {{"--cacert", "/nonexistent"}, "--cacert"},
           {{"-x", "htp://proxy:3128"}, "--proxy"},
           {{"--overwrite", "--skip-existing"}, "--skip-existing"},
           {{"--refetch", "--update"}, "--update"},
           {{"--retry-failed", "log", "list"}, "--retry-failed"},
           {{"--frobnicate"}, "--frobnicate"},
           {{"report", "--text", "-o", "r.html"}, "--text"},
           {{"report", "one", "two"}, "two"},
       }) {
    const cli::Answer got = answer(row.words);
    CAPTURE(got.text);
    CHECK(got.is_error);
    CHECK(got.text.find(row.named) != std::string::npos);
    CHECK(std::count(got.text.begin(), got.text.end(), '\n') == 1);
    CHECK(got.text.back() == '\n');
  }
}

TEST_CASE("a number that is none, or too large, is told with the bounds") {
  const std::string end = " (fetcher help fetch lists the options)\n";
  CHECK(answer({"-c", "ten"}).text ==
        "fetcher: --concurrency: ten is no number from 1 to 10000" + end);
  CHECK(answer({"--rate", "1e9"}).text ==
        "fetcher: --rate: 1e9 is no number from 0.0001 to 1000000" + end);
}

TEST_CASE("an option that is mistyped is told from what was meant") {
  const std::string end = " (fetcher help fetch lists the options)\n";
  CHECK(answer({"--concurency", "5", "urls.txt"}).text ==
        "fetcher: there is no option --concurency; did you mean --concurrency?" + end);
  CHECK(answer({"urls.txt", "--reetry=5"}).text ==
        "fetcher: there is no option --reetry; did you mean --retry?" + end);
  CHECK(answer({"--nothing-like-it"}).text ==
        "fetcher: there is no option --nothing-like-it" + end);
  CHECK(answer({"stats", "--feild", "x"}).text ==
        "fetcher: there is no option --feild; did you mean --field? "
        "(fetcher help stats lists the options)\n");
}

TEST_CASE("a command that is mistyped is told from what was meant") {
  const std::string words = answer({"reprot", "run.jsonl"}).text;
  CHECK(words.find("no file and no command reprot; did you mean report?") != std::string::npos);
  CHECK(options({"urls.txt"}).sources.front() == "urls.txt");
}

TEST_CASE("an option without its value, and a word too many, are told by name") {
  CHECK(answer({"urls.txt", "-o"}).text ==
        "fetcher: --output-dir needs a value: DIR (fetcher help fetch lists the options)\n");
  CHECK(answer({"report", "one.jsonl", "two\033.jsonl", "three.jsonl"}).text ==
        "fetcher: two\\x1b.jsonl is one word too many (fetcher help report lists the options)\n");
}

TEST_CASE("help has three examples, and the version names the libraries that run") {
  const cli::Answer help = answer({"--help"});
  CHECK_FALSE(help.is_error);
  const std::string examples = help.text.substr(help.text.find("Examples:"));
  CHECK(examples.find("fetcher -c 10 urls.txt") != std::string::npos);
  CHECK(examples.find("| fetcher ") != std::string::npos);
  CHECK(examples.find("| jq ") != std::string::npos);
  const cli::Answer version = answer({"--version"});
  CHECK(version.text.find("libcurl ") != std::string::npos);
  CHECK(version.text.find("libuv 1.") != std::string::npos);
}

TEST_CASE("what is wrong is said in words that help") {
  struct Row {
    std::vector<const char*> words;
    std::string_view said;
  };
  for (const Row& row : std::vector<Row>{
           {{"--durability", "fast"}, "fast is none of rename, batch, file"},
           {{"--cacert", "/none"}, "cannot read /none: No such file or directory"},
           {{"--cacert", "/"}, "/ is a directory"},
           {{"--overwrite", "--skip-existing"}, "does not go together with --skip-existing"},
           {{"-c", "ten"}, "ten is no number from 1 to 10000"},
           {{"-x", "htp://me:secret@proxy"}, "--proxy: that is no proxy (examples: "},
       }) {
    const cli::Answer got = answer(row.words);
    CAPTURE(got.text);
    CHECK(got.text.find(row.said) != std::string::npos);
    CHECK(got.text.find("secret") == std::string::npos);
  }
}

TEST_SUITE_END();
