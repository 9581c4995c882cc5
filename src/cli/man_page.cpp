#include "cli/man_page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "cli/topics.hpp"
#include "cli/wrap.hpp"

namespace cli {
namespace {

constexpr std::size_t line_width = 78;

/// Text in which nothing is a request or an escape, and which can be copied as it is shown.
std::string escaped(std::string_view text) {
  std::string roff;
  char before = ' ';
  for (const char c : text) {
    if (c == '.' && before == ' ') roff += "\\&";
    before = c;
    switch (c) {
      case '\\':
        roff += "\\e";
        break;
      case '-':
        roff += "\\-";
        break;
      case '\'':
        roff += "\\(aq";
        break;
      case '`':
        roff += "\\(ga";
        break;
      case '^':
        roff += "\\(ha";
        break;
      case '~':
        roff += "\\(ti";
        break;
      case '"':
        roff += "\\(dq";
        break;
      default:
        roff += c;
    }
  }
  return roff;
}

std::string bold(std::string_view text) {
  return fmt::format("\\fB{}\\fR", escaped(text));
}
std::string italic(std::string_view text) {
  return fmt::format("\\fI{}\\fR", escaped(text));
}

bool is_in_name(char c) {
  return c == '-' || std::isalnum(static_cast<unsigned char>(c)) != 0;
}

/// Running text in lines that are not too long, in which the long names of options are bold.
std::string prose(std::string_view text) {
  std::string roff;
  while (!text.empty()) {
    const std::size_t begin = std::min(text.find("--"), text.size());
    roff += escaped(text.substr(0, begin));
    text.remove_prefix(begin);
    const auto end = std::find_if_not(text.begin(), text.end(), is_in_name);
    const auto size = static_cast<std::size_t>(end - text.begin());
    if (size > 0) roff += bold(text.substr(0, size));
    text.remove_prefix(size);
  }
  return wrapped(roff, 0, line_width);
}

std::string section(std::string_view title) {
  std::string capitals(title);
  std::transform(capitals.begin(), capitals.end(), capitals.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return fmt::format(".SH {}\n", capitals);
}

/// What lines of a Topic::text belong together.
enum class Block { none, paragraph, as_it_is };

/// A Topic::text as roff.
std::string body(std::string_view text) {
  std::string roff;
  Block block = Block::none;
  const auto turn_to = [&](Block next) {
    if (block == Block::as_it_is && next != block) roff += ".fi\n.RE\n";
    if (next == Block::paragraph && block == Block::none && !roff.empty()) roff += ".PP\n";
    if (next == Block::as_it_is && next != block)
      roff += fmt::format("{}.RS 2\n.nf\n", roff.empty() ? "" : ".PP\n");
    block = next;
  };
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty()) {
      turn_to(Block::none);
    } else if (line.starts_with(' ')) {
      turn_to(Block::as_it_is);
      roff += escaped(line.substr(std::min<std::size_t>(2, line.size()))) + '\n';
    } else {
      turn_to(Block::paragraph);
      roff += prose(line) + '\n';
    }
  }
  turn_to(Block::none);
  return roff;
}

std::string entry(const OptionText& option) {
  std::string head;
  if (!option.short_name.empty()) head = bold(option.short_name) + ", ";
  head += bold(option.long_name);
  if (!option.argument.empty()) head += ' ' + italic(option.argument);
  return fmt::format(".TP\n{}\n{}\n", head, prose(full_words(option)));
}

std::string options_of(const CommandText& command) {
  std::string roff;
  for (const std::string& group : groups(command)) {
    roff += fmt::format(".SS {}\n", group);
    for (const OptionText& option : command.options)
      if (option.group == group) roff += entry(option);
  }
  return roff;
}

std::string synopsis(const Manual& manual) {
  std::string roff = section("synopsis");
  std::string_view between;
  for (const CommandText& command : manual.commands) {
    roff += fmt::format("{}{} [\\fIOPTIONS\\fR] {}\n", between, bold(command.name),
                        escaped(command.operands));
    between = ".br\n";
  }
  return roff + ".br\n" + bold("fetcher help") + " [\\fITOPIC\\fR]\n";
}

/// A command that a word names, with its options and details.
std::string other_command(const CommandText& command) {
  std::string roff = section(command.name) + body(command.summary);
  for (const OptionText& option : command.options) roff += entry(option);
  return roff + ".PP\n" + body(command.details);
}

}  // namespace

std::string man_page(const Manual& manual) {
  const CommandText& fetch = manual.commands.front();
  std::string roff = fmt::format(".TH FETCHER 1 {} \"fetcher {}\" \"User Commands\"\n",
                                 manual.released, manual.version);
  roff += section("name") + "fetcher \\- fetch a list of URLs, many at once\n" + synopsis(manual);
  roff += section("description") + body(fetch.details);
  roff += section("options") + options_of(fetch);
  for (const Topic& topic : topics())
    roff += section(topic.word == "exit" ? "exit status" : topic.word) + body(topic.text);
  for (std::size_t i = 1; i < manual.commands.size(); ++i)
    roff += other_command(manual.commands[i]);
  roff += section("examples") + body(examples);
  return roff + section("see also") + ".BR curl (1),\n.BR wget (1),\n.BR jq (1)\n";
}

}  // namespace cli
