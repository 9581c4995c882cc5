#include "cli/manual.hpp"

#include <doctest/doctest.h>

#include <cctype>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/completions.hpp"
#include "cli/help.hpp"
#include "cli/man_page.hpp"
#include "cli/topics.hpp"
#include "cli/wrap.hpp"
#include "fetch/record.hpp"

TEST_SUITE_BEGIN("cli");

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// As roff writes it.
std::string with_escaped_hyphens(const std::string& name) {
  std::string escaped;
  for (const char c : name) escaped += c == '-' ? "\\-" : std::string(1, c);
  return escaped;
}

}  // namespace

TEST_CASE("every option has words that begin with a capital, and a group") {
  for (const cli::CommandText& command : cli::make_manual().commands) {
    CHECK_FALSE(command.summary.empty());
    CHECK_FALSE(command.details.empty());
    for (const cli::OptionText& option : command.options) {
      CAPTURE(command.name);
      CAPTURE(option.long_name);
      REQUIRE_FALSE(option.words.empty());
      CHECK(std::isupper(static_cast<unsigned char>(option.words.front())) != 0);
      CHECK_FALSE(option.group.empty());
    }
  }
}

TEST_CASE("the front page fits on two screens and names every option") {
  const cli::Manual manual = cli::make_manual();
  const std::string page = cli::front_page(manual);
  CHECK(lines_of(page).size() <= 48);
  for (const std::string& line : lines_of(page)) {
    CAPTURE(line);
    CHECK(line.size() <= 80);
  }
  for (const cli::OptionText& option : manual.commands.front().options) {
    CAPTURE(option.long_name);
    CHECK(holds(page, option.long_name));
    if (!option.short_name.empty()) CHECK(holds(page, option.short_name));
  }
}

TEST_CASE("every option stands in the help of its command, the manual page and all completions") {
  const cli::Manual manual = cli::make_manual();
  for (const cli::CommandText& command : manual.commands) {
    for (const cli::OptionText& option : command.options) {
      CAPTURE(command.name);
      CAPTURE(option.long_name);
      CHECK(holds(cli::command_help(command), option.long_name));
      CHECK(holds(cli::man_page(manual), "\\fB" + with_escaped_hyphens(option.long_name) + "\\fR"));
      CHECK(holds(cli::bash_completion(manual), option.long_name));
      CHECK(holds(cli::zsh_completion(manual), option.long_name));
      CHECK(holds(cli::fish_completion(manual), "-l " + option.long_name.substr(2)));
    }
  }
}

TEST_CASE("there is help on every topic and command, and no other") {
  const cli::Manual manual = cli::make_manual();
  for (const char* word : {"fetch", "packets", "stats", "lists", "names", "log", "exit", "kinds"}) {
    CAPTURE(word);
    CHECK(holds(cli::list_of_topics(manual), std::string("\n  ") + word + " "));
    CHECK_FALSE(cli::help_on(manual, word).empty());
  }
  CHECK(cli::help_on(manual, "weather").empty());
}

TEST_CASE("help fits into 80 columns") {
  const cli::Manual manual = cli::make_manual();
  std::string all = cli::list_of_topics(manual);
  for (const cli::CommandText& command : manual.commands) all += cli::command_help(command);
  for (const cli::Topic& topic : cli::topics()) all += topic.text;
  for (const std::string& line : lines_of(all)) {
    CAPTURE(line);
    CHECK(line.size() <= 80);
  }
}

TEST_CASE("the help on the log names all that a record can hold") {
  fetch::Outcome outcome;
  outcome.origin = fetch::Origin{"list", 1, 1, R"({"caption":"a"})"};
  outcome.url = outcome.file = outcome.sha256 = outcome.out = outcome.wanted_sha256 = "x";
  outcome.answer = fetch::Answer{200, "x", "x", true, "x", "x", "x", std::nullopt};
  outcome.partial = fetch::Partial{"x", {1, 1, 1}, "x", "x", "x"};
  outcome.attempts = 1;

  std::set<std::string> members;
  for (const fetch::Status status : {fetch::Status::saved, fetch::Status::failed}) {
    outcome.status = status;
    if (status == fetch::Status::failed)
      outcome.failure = base::Failure(base::Kind::connect, 0, "x");
    const auto record = nlohmann::json::parse(fetch::to_record(outcome));
    for (const auto& [name, value] : record.items()) members.insert(name);
  }
  const std::string text = cli::help_on(cli::make_manual(), "log");
  for (const std::string& name : members) {
    CAPTURE(name);
    CHECK((holds(text, "  " + name) || holds(text, ", " + name)));
  }
}

TEST_CASE("every kind of failure is explained, in order") {
  for (std::size_t i = 0; i < cli::kind_texts.size(); ++i) {
    CHECK(static_cast<std::size_t>(cli::kind_texts.at(i).kind) == i);
    CHECK(cli::kind_texts.at(i).meaning.ends_with('.'));
    CHECK(cli::kind_texts.at(i).advice.ends_with('.'));
  }
}

TEST_CASE("the README's table has exactly the kinds of failure that there are") {
  std::vector<std::string> expected;
  for (const cli::KindText& each : cli::kind_texts)
    expected.push_back("| `" + std::string(base::name(each.kind)) + "` | " +
                       std::string(each.meaning) + " | " + std::string(each.advice) + " |");
  std::ifstream readme(TEST_DATA "/../../README.md");
  std::vector<std::string> rows;
  for (std::string line; std::getline(readme, line);)
    if (!rows.empty() || line.starts_with("| kind |")) {
      if (!line.starts_with('|')) break;
      rows.push_back(line);
    }
  REQUIRE(rows.size() > 2);
  rows.erase(rows.begin(), rows.begin() + 2);
  CHECK(rows == expected);
}

TEST_CASE("the words of an option are told in short and in full") {
  cli::OptionText option;
  option.words = "Take it. It is free.";
  option.excludes = {"--leave", "--sell"};
  option.preset = "none";
  CHECK(cli::gist(option) == "Take it");
  CHECK(cli::full_words(option) ==
        "Take it. It is free. Not together with --leave, --sell. [none]");
  option.argument = "auto|1.1|2";
  CHECK(cli::choices(option) == std::vector<std::string>{"auto", "1.1", "2"});
  option.argument = "FILE";
  CHECK(cli::choices(option).empty());
}

TEST_CASE("words are wrapped between blanks only") {
  CHECK(cli::wrapped("", 2, 10).empty());
  CHECK(cli::wrapped("one two", 2, 9) == "one two");
  CHECK(cli::wrapped("one two", 2, 8) == "one\n  two");
  CHECK(cli::wrapped("a-very-long-word b", 2, 8) == "a-very-long-word\n  b");
}

TEST_SUITE_END();
