#include "cli/help.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/completions.hpp"
#include "cli/man_page.hpp"
#include "cli/topics.hpp"
#include "cli/wrap.hpp"

namespace cli {
namespace {

constexpr std::size_t width = 80;
constexpr std::size_t words_column = 28;

/// What the front page explains; the other options are only named there.
constexpr std::array common = {
    "--concurrency", "--output-dir", "--name", "--overwrite",     "--skip-existing", "--header",
    "--proxy",       "--insecure",   "--user", "--stall-timeout", "--max-time",      "--max-size",
    "--per-host",    "--retry",      "--json", "--quiet",         "--version",       "--help"};

bool is_common(const OptionText& option) {
  return std::find(common.begin(), common.end(), option.long_name) != common.end();
}

std::string with_argument(const std::string& names, const OptionText& option) {
  return option.argument.empty() ? names : fmt::format("{} {}", names, option.argument);
}

/// One option: its names in the left column, the words in the right one.
std::string explained(const OptionText& option, const std::string& words) {
  const std::string left = fmt::format("  {}{}", option.short_name.empty() ? "    " : "",
                                       with_argument(names(option), option));
  const std::string right = wrapped(words, words_column, width);
  if (left.size() + 2 <= words_column) return fmt::format("{:<{}}{}\n", left, words_column, right);
  return fmt::format("{}\n{:{}}{}\n", left, "", words_column, right);
}

std::string in_short(const OptionText& option) {
  return option.preset.empty() ? gist(option) : fmt::format("{} [{}]", gist(option), option.preset);
}

/// The options of a group: the common ones explained, the others named.
std::string short_group(const CommandText& command, const std::string& group) {
  std::string text = fmt::format("\n{}:\n", group);
  std::vector<std::string> others;
  for (const OptionText& option : command.options) {
    if (option.group != group) continue;
    if (is_common(option))
      text += explained(option, in_short(option));
    else
      others.push_back(with_argument(names(option, "/"), option));
  }
  if (others.empty()) return text;
  for (std::size_t i = 0; i + 1 < others.size(); ++i) others[i] += ',';
  return text + fmt::format("  also  {}\n", wrapped(others, 8, width));
}

}  // namespace

std::string front_page(const Manual& manual) {
  const CommandText& fetch = manual.commands.front();
  std::string text = fmt::format("{}\n\n", fetch.summary);
  std::string_view lead = "Usage:";
  for (const CommandText& command : manual.commands)
    text += fmt::format("{:<6} {}\n", std::exchange(lead, ""), command.usage());
  text += "       fetcher help [TOPIC]    every option in full, lists, names, log, exit\n";
  for (const std::string& group : groups(fetch)) text += short_group(fetch, group);
  return text + fmt::format("\nExamples:\n{}", examples);
}

std::string command_help(const CommandText& command) {
  std::string text = fmt::format("{}\n\nUsage: {}\n", command.summary, command.usage());
  for (const std::string& group : groups(command)) {
    text += fmt::format("\n{}:\n", group);
    for (const OptionText& option : command.options)
      if (option.group == group) text += explained(option, full_words(option));
  }
  return text + fmt::format("\n{}", command.details);
}

std::string list_of_topics(const Manual& manual) {
  std::string text = "Usage: fetcher help TOPIC, where TOPIC is one of:\n\n";
  const auto row = [&](std::string_view word, std::string_view summary) {
    text += fmt::format("  {:<10}{}\n", word, summary);
  };
  for (const CommandText& command : manual.commands)
    row(command.word, fmt::format("all options of {}", command.usage()));
  for (const Topic& topic : topics()) row(topic.word, topic.summary);
  row("man", "all of this as a manual page: fetcher help man | man -l -");
  row("bash", "completion for bash; also zsh and fish");
  return text;
}

std::string help_on(const Manual& manual, std::string_view word) {
  if (const CommandText* command = manual.command(word)) return command_help(*command);
  for (const Topic& topic : topics())
    if (topic.word == word) return topic.text;
  if (word == "man") return man_page(manual);
  if (word == "bash") return bash_completion(manual);
  if (word == "zsh") return zsh_completion(manual);
  if (word == "fish") return fish_completion(manual);
  return "";
}

}  // namespace cli
