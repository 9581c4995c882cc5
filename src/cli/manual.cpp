#include "cli/manual.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

namespace cli {

const CommandText* Manual::command(std::string_view word) const {
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [&](const CommandText& each) { return each.word == word; });
  return found == commands.end() ? nullptr : &*found;
}

std::string names(const OptionText& option, std::string_view between) {
  if (option.short_name.empty()) return option.long_name;
  return fmt::format("{}{}{}", option.short_name, between, option.long_name);
}

std::string gist(const OptionText& option) {
  const std::size_t end = option.words.find(". ");
  const std::string first = option.words.substr(0, end);
  return first.ends_with('.') ? first.substr(0, first.size() - 1) : first;
}

std::string full_words(const OptionText& option) {
  std::string words = option.words;
  if (!option.excludes.empty())
    words += fmt::format("{} Not together with {}.", words.ends_with('.') ? "" : ".",
                         fmt::join(option.excludes, ", "));
  return option.preset.empty() ? words : fmt::format("{} [{}]", words, option.preset);
}

std::vector<std::string> choices(const OptionText& option) {
  std::vector<std::string> found;
  if (option.argument.find('|') == std::string::npos) return found;
  for (std::size_t begin = 0; begin <= option.argument.size();) {
    const std::size_t end = std::min(option.argument.find('|', begin), option.argument.size());
    found.push_back(option.argument.substr(begin, end - begin));
    begin = end + 1;
  }
  return found;
}

std::vector<std::string> groups(const CommandText& command) {
  std::vector<std::string> found;
  for (const OptionText& option : command.options)
    if (std::find(found.begin(), found.end(), option.group) == found.end())
      found.push_back(option.group);
  return found;
}

}  // namespace cli
