#pragma once

#include <string>
#include <vector>

namespace cli {

/// An option as it was declared, apart from the library that reads it.
struct OptionText {
  std::string short_name;  ///< "-c", or ""
  std::string long_name;   ///< "--concurrency"
  /// What follows the name, or "". It also says how to complete it: `FILE` and `LOG` are files,
  /// `DIR` is a directory, `auto|1.1|2` are the only words that are taken.
  std::string argument;
  std::string preset;  ///< what holds without it, or ""
  std::string words;   ///< what it is for; the first sentence stands for all where room is short
  std::string group;
  bool is_repeatable = false;
  std::vector<std::string> excludes;  ///< long names, sorted
};

/// A command: `fetcher [OPTIONS] [SOURCE...]` itself, or one that a word names.
struct CommandText {
  std::string word;      ///< "fetch", "packets"
  std::string name;      ///< as it is called: "fetcher", "fetcher packets"
  std::string operands;  ///< "[SOURCE...]"
  std::string summary;   ///< a sentence
  std::string details;   ///< see Topic::text
  std::vector<OptionText> options;

  std::string usage() const { return name + " [OPTIONS] " + operands; }
};

/// What the program says of itself. It is read from the options as they are declared, and written
/// as help, as a manual page and as completions, so that none of these can miss an option.
struct Manual {
  std::string version;
  std::string released;               ///< the day of this version, as 2026-01-31
  std::vector<CommandText> commands;  ///< the first is `fetch`

  /// Null when there is no such command.
  const CommandText* command(std::string_view word) const;
};

/// "-c, --concurrency" with `between` instead of the comma; only the long one if there is no other.
std::string names(const OptionText& option, std::string_view between = ", ");

/// The first sentence of the words.
std::string gist(const OptionText& option);

/// All that is said of it: words, what it excludes, what holds without it.
std::string full_words(const OptionText& option);

/// The words that the argument may be, when it may be nothing else.
std::vector<std::string> choices(const OptionText& option);

/// The groups of the options of a command, in order.
std::vector<std::string> groups(const CommandText& command);

}  // namespace cli
