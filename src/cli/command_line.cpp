#include "cli/command_line.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/text.hpp"
#include "cli/declared.hpp"
#include "cli/fetch_command.hpp"
#include "cli/help.hpp"
#include "cli/packets_command.hpp"
#include "cli/report_command.hpp"
#include "cli/stats_command.hpp"
#include "cli/suggestion.hpp"
#include "loop/loop.hpp"

namespace cli {
namespace {

std::string versions() {
  return fmt::format("fetcher {}\nlibcurl {}\nlibuv {}\n", FETCHER_VERSION, http::libcurl_version(),
                     loop::libuv_version());
}

/// One line, whatever the library says.
std::string usage_error(std::string_view command, std::string words) {
  std::replace(words.begin(), words.end(), '\n', ' ');
  return fmt::format("fetcher: {} (fetcher help {} lists the options)\n", words, command);
}

/// The long names of the options, without dashes.
std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* const option : app.get_options())
    names.insert(names.end(), option->get_lnames().begin(), option->get_lnames().end());
  return names;
}

/// What to say of a word that nobody expected: most often it is an option that is mistyped.
std::string unexpected(const CLI::App& app) {
  const std::string word = app.remaining().front();
  if (!word.starts_with('-')) return fmt::format("{} is one word too many", base::printable(word));
  const std::string option = word.substr(0, word.find('='));
  const std::string name = option.substr(std::min(option.find_first_not_of('-'), option.size()));
  const std::string meant = suggestion_for(name, option_names(app));
  const std::string hint = meant.empty() ? "" : fmt::format("; did you mean --{}?", meant);
  return fmt::format("there is no option {}{}", base::printable(option), hint);
}

/// What to say of an option at the end of the line that is given without its value.
std::string without_value(const CLI::App& app, std::string_view words) {
  const std::string name(words.substr(0, words.find(':')));
  const CLI::Option* const option = app.get_option_no_throw(name);
  return option ? fmt::format("{} needs a value: {}", name, option->get_type_name())
                : std::string(words);
}

/// What to say of two options that are given, as "A excludes B".
std::string not_together(std::string words) {
  constexpr std::string_view excludes = " excludes ";
  const std::size_t at = words.find(excludes);
  return at == std::string::npos
             ? words
             : words.replace(at, excludes.size(), " does not go together with ");
}

/// An app in which the options of a command have been declared, and which reads them.
template <class Declared>
struct Reader {
  Reader() {
    app.set_help_flag("-h,--help", "Print this and exit")->group("Help");
    app.set_version_flag("-V,--version", versions(), "Print the versions that run and exit")
        ->group("Help");
    let_last_hold(app);
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
  } catch (const CLI::ExtrasError&) {
    return Answer{usage_error(Declared::word, unexpected(reader.app)), true};
  } catch (const CLI::ArgumentMismatch& error) {
    return Answer{usage_error(Declared::word, without_value(reader.app, error.what())), true};
  } catch (const CLI::ExcludesError& error) {
    return Answer{usage_error(Declared::word, not_together(error.what())), true};
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

/// The command that was meant by a word which names no file and is nearly one, or "".
std::string meant_by(std::string_view word) {
  if (word.find('/') != std::string_view::npos) return "";
  std::vector<std::string> known = {"help"};
  for (const Entry& each : std::span(commands).subspan(1)) known.emplace_back(each.word);
  std::error_code unread;
  return std::filesystem::exists(word, unread) ? "" : suggestion_for(word, known);
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
  if (const std::string meant = meant_by(first); !meant.empty())
    return Answer{fmt::format("fetcher: there is no file and no command {}; did you mean {}?\n",
                              base::printable(first), meant),
                  true};
  return commands.front().read(count, words);
}

}  // namespace cli
