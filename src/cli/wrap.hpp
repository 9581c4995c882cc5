#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// The pieces, with blanks between them, in lines of at most `width` columns. The first begins at
/// column `indent` without being indented, the others are. A piece that is longer has its own line.
std::string wrapped(const std::vector<std::string>& pieces, std::size_t indent, std::size_t width);

/// The same for the words of a text.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t width);

}  // namespace cli
