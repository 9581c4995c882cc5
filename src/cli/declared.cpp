#include "cli/declared.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <utility>

namespace cli {
namespace {

bool takes_many(const CLI::Option& option) {
  return option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll ||
         option.get_expected_max() > 1;
}

std::string long_name(const CLI::Option& option) {
  return "--" + option.get_lnames().front();
}

/// Takes a "[...]" off the end of the words.
std::string take_preset(std::string& words) {
  const std::size_t begin = words.rfind(" [");
  if (begin == std::string::npos || !words.ends_with(']')) return "";
  std::string preset = words.substr(begin + 2, words.size() - begin - 3);
  words.resize(begin);
  return preset;
}

OptionText text_of(const CLI::Option& option) {
  OptionText text;
  if (!option.get_snames().empty()) text.short_name = "-" + option.get_snames().front();
  text.long_name = long_name(option);
  if (option.get_items_expected_max() > 0) text.argument = option.get_type_name();
  text.words = option.get_description();
  text.preset = take_preset(text.words);
  if (!option.get_default_str().empty()) text.preset = option.get_default_str();
  text.group = option.get_group();
  text.is_repeatable = takes_many(option);
  for (const CLI::Option* other : option.get_excludes())
    if (other->nonpositional()) text.excludes.push_back(long_name(*other));
  // They come in the order of their addresses.
  std::sort(text.excludes.begin(), text.excludes.end());
  return text;
}

/// Help and version stand first in an app, and are looked for last.
bool is_about_help(const OptionText& option) {
  return option.group == "Help";
}

}  // namespace

void let_last_hold(CLI::App& app) {
  for (CLI::Option* const option : app.get_options())
    if (!takes_many(*option)) option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

std::vector<OptionText> options_of(const CLI::App& app) {
  std::vector<OptionText> texts;
  std::vector<OptionText> about_help;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->nonpositional()) continue;
    OptionText text = text_of(*option);
    (is_about_help(text) ? about_help : texts).push_back(std::move(text));
  }
  std::move(about_help.begin(), about_help.end(), std::back_inserter(texts));
  return texts;
}

std::string operands_of(const CLI::App& app) {
  std::string operands;
  for (const CLI::Option* option : app.get_options())
    if (option->get_positional())
      operands += fmt::format("{}[{}{}]", operands.empty() ? "" : " ", option->get_single_name(),
                              takes_many(*option) ? "..." : "");
  return operands;
}

}  // namespace cli
