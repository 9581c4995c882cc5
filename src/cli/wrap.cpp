#include "cli/wrap.hpp"

#include <algorithm>

namespace cli {

std::string wrapped(const std::vector<std::string>& pieces, std::size_t indent, std::size_t width) {
  std::string lines;
  std::size_t column = indent;
  for (const std::string& piece : pieces) {
    if (column > indent && column + 1 + piece.size() > width) {
      lines += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      lines += ' ';
      ++column;
    }
    lines += piece;
    column += piece.size();
  }
  return lines;
}

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::vector<std::string> words;
  while (!text.empty()) {
    words.emplace_back(text.substr(0, text.find(' ')));
    text.remove_prefix(std::min(words.back().size() + 1, text.size()));
  }
  return wrapped(words, indent, width);
}

}  // namespace cli
