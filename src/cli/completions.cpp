#include "cli/completions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "cli/topics.hpp"

namespace cli {
namespace {

/// How the argument of an option is completed.
enum class Completes { nothing, choice, file, directory };

Completes completes(const OptionText& option) {
  if (!choices(option).empty()) return Completes::choice;
  if (option.argument == "FILE" || option.argument == "LOG") return Completes::file;
  return option.argument == "DIR" ? Completes::directory : Completes::nothing;
}

struct Word {
  std::string word;
  std::string summary;
};

/// The words that may stand first instead of a source.
std::vector<Word> commands(const Manual& manual) {
  std::vector<Word> words;
  for (std::size_t i = 1; i < manual.commands.size(); ++i)
    words.push_back(Word{manual.commands[i].word, manual.commands[i].summary});
  words.push_back(Word{"help", "Tell about a topic."});
  return words;
}

/// What may follow `fetcher help`.
std::vector<Word> help_words(const Manual& manual) {
  std::vector<Word> words;
  for (const CommandText& command : manual.commands)
    words.push_back(Word{command.word, command.summary});
  for (const Topic& topic : topics())
    words.push_back(Word{std::string(topic.word), std::string(topic.summary)});
  return words;
}

std::string joined(const std::vector<Word>& words) {
  std::vector<std::string> only;
  for (const Word& each : words) only.push_back(each.word);
  return fmt::format("{}", fmt::join(only, " "));
}

/// In single quotes for a shell; `quote` is how it writes one that stands inside.
std::string quoted(std::string_view text, std::string_view quote = R"('\'')") {
  std::string shell = "'";
  for (const char c : text) {
    if (c == '\'')
      shell += quote;
    else
      shell += c;
  }
  return shell + "'";
}

// ---- bash

std::string bash_action(const OptionText& option) {
  switch (completes(option)) {
    case Completes::choice:
      return fmt::format("_fetcher_words '{}'", fmt::join(choices(option), " "));
    case Completes::file:
      return "_fetcher_files -f";
    case Completes::directory:
      return "_fetcher_files -d";
    case Completes::nothing:
      break;
  }
  return ":";
}

/// What completes the arguments of a command's options, and then its options and operands.
std::string bash_case(const CommandText& command, std::string_view pattern) {
  std::string all;
  std::string arguments;
  for (const OptionText& option : command.options) {
    all += (all.empty() ? "" : " ") + names(option, " ");
    if (!option.argument.empty())
      arguments +=
          fmt::format("        {}) {}; return ;;\n", names(option, " | "), bash_action(option));
  }
  return fmt::format(R"(    {})
      case $previous in
{}      esac
      options='{}'
      ;;
)",
                     pattern, arguments, all);
}

constexpr std::string_view bash_head = R"(# Completion for bash, made by `fetcher help bash`.

_fetcher_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current")
}

# Also for names with blanks in them.
_fetcher_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen "$1" -- "$current")
}

_fetcher() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command='' options
  ((COMP_CWORD < 2)) || command=${COMP_WORDS[1]}
  # `--name=value` is three words here.
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  COMPREPLY=()
  case $command in
)";

constexpr std::string_view bash_tail = R"(  esac
  if [[ $current == -* ]]; then
    _fetcher_words "$options"
    return
  fi
  _fetcher_files -f
  ((COMP_CWORD > 1)) || mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(
    compgen -W "$commands" -- "$current")
}

complete -F _fetcher fetcher
)";

// ---- zsh

/// A text in a specification, in which brackets and colons mean something.
std::string zsh_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string zsh_action(const OptionText& option) {
  switch (completes(option)) {
    case Completes::choice:
      return fmt::format("({})", fmt::join(choices(option), " "));
    case Completes::file:
      return "_files";
    case Completes::directory:
      return "_files -/";
    case Completes::nothing:
      break;
  }
  return " ";
}

/// The names that are not offered once this one stands there.
std::string zsh_excluded(const OptionText& option) {
  std::vector<std::string> excluded = option.excludes;
  if (!option.is_repeatable) {
    if (!option.short_name.empty()) excluded.push_back(option.short_name);
    excluded.push_back(option.long_name);
  }
  return excluded.empty() ? "" : fmt::format("({})", fmt::join(excluded, " "));
}

/// One line for each name of the option.
std::string zsh_option(const OptionText& option) {
  const std::string_view repeats = option.is_repeatable ? "*" : "";
  std::string argument;
  if (!option.argument.empty())
    argument = fmt::format(":{}:{}", zsh_escaped(option.argument), zsh_action(option));
  std::string lines;
  const auto add = [&](const std::string& name, std::string_view attached) {
    const std::string specification =
        fmt::format("{}{}{}{}[{}]{}", zsh_excluded(option), repeats, name,
                    option.argument.empty() ? "" : attached, zsh_escaped(gist(option)), argument);
    lines += fmt::format("        {} \\\n", quoted(specification));
  };
  if (!option.short_name.empty()) add(option.short_name, "+");
  add(option.long_name, "=");
  return lines;
}

std::string zsh_case(const CommandText& command, std::string_view pattern) {
  std::string options;
  for (const OptionText& option : command.options) options += zsh_option(option);
  return fmt::format("    {})\n      _arguments -s -S : \\\n{}        '*:file:_files'\n      ;;\n",
                     pattern, options);
}

std::string zsh_array(std::string_view name, const std::vector<Word>& words) {
  std::string lines = fmt::format("  local -a {}=(\n", name);
  for (const Word& each : words)
    lines += fmt::format("    {}\n", quoted(fmt::format("{}:{}", each.word, each.summary)));
  return lines + "  )\n";
}

// ---- fish

constexpr std::string_view fish_head = R"(# Completion for fish, made by `fetcher help fish`.

# Whether the command line is one of this command; `fetch` is the one that no word names.
function __fetcher_is
    set -l words (commandline -opc)
    set -l command fetch
    contains -- "$words[2]" $__fetcher_commands; and set command $words[2]
    test $command = $argv[1]
end

function __fetcher_is_first
    test (count (commandline -opc)) -eq 1
end

)";

std::string fish_action(const OptionText& option) {
  switch (completes(option)) {
    case Completes::choice:
      return fmt::format(" -x -a '{}'", fmt::join(choices(option), " "));
    case Completes::file:
      return " -r -F";
    case Completes::directory:
      return " -x -a '(__fish_complete_directories)'";
    case Completes::nothing:
      break;
  }
  return option.argument.empty() ? "" : " -x";
}

std::string fish_quoted(std::string_view text) {
  return quoted(text, R"(\')");
}

std::string fish_option(const CommandText& command, const OptionText& option) {
  const std::string name =
      option.short_name.empty() ? "" : fmt::format(" -s {}", option.short_name.substr(1));
  return fmt::format("complete -c fetcher -n '__fetcher_is {}'{} -l {}{} -d {}\n", command.word,
                     name, option.long_name.substr(2), fish_action(option),
                     fish_quoted(gist(option)));
}

}  // namespace

std::string bash_completion(const Manual& manual) {
  std::string text(bash_head);
  for (std::size_t i = 1; i < manual.commands.size(); ++i)
    text += bash_case(manual.commands[i], manual.commands[i].word);
  text += fmt::format("    help)\n      _fetcher_words '{}'\n      return\n      ;;\n",
                      joined(help_words(manual)));
  text += bash_case(manual.commands.front(), "*");
  std::string tail(bash_tail);
  const std::string_view place = "\"$commands\"";
  return text + tail.replace(tail.find(place), place.size(),
                             fmt::format("'{}'", joined(commands(manual))));
}

std::string zsh_completion(const Manual& manual) {
  std::string text =
      "#compdef fetcher\n# Completion for zsh, made by `fetcher help zsh`.\n\n_fetcher() {\n";
  text += zsh_array("commands", commands(manual)) + zsh_array("topics", help_words(manual));
  text += R"(  if ((CURRENT == 2)); then
    _describe -t commands command commands
  elif (($+commands[(r)${words[2]}:*])); then
    shift words
    ((CURRENT--))
    local command=$words[1]
  fi
  case $command in
    help) _describe -t topics topic topics ;;
)";
  for (std::size_t i = 1; i < manual.commands.size(); ++i)
    text += zsh_case(manual.commands[i], manual.commands[i].word);
  return text + zsh_case(manual.commands.front(), "*") + "  esac\n}\n\n_fetcher \"$@\"\n";
}

std::string fish_completion(const Manual& manual) {
  std::string text(fish_head);
  text += fmt::format("set -g __fetcher_commands {}\n\n", joined(commands(manual)));
  for (const Word& each : commands(manual))
    text += fmt::format("complete -c fetcher -n __fetcher_is_first -a {} -d {}\n", each.word,
                        fish_quoted(each.summary));
  for (const Word& each : help_words(manual))
    text += fmt::format("complete -c fetcher -n '__fetcher_is help' -f -a {} -d {}\n", each.word,
                        fish_quoted(each.summary));
  for (const CommandText& command : manual.commands)
    for (const OptionText& option : command.options) text += fish_option(command, option);
  return text;
}

}  // namespace cli
