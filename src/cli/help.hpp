#pragma once

#include <string>

#include "cli/manual.hpp"

namespace cli {

/// `fetcher --help`: two screens. What is wanted often is explained, every other option is named.
std::string front_page(const Manual& manual);

/// `fetcher help packets`: all options with all words.
std::string command_help(const CommandText& command);

/// `fetcher help`: what there is to be told.
std::string list_of_topics(const Manual& manual);

/// What `fetcher help WORD` prints, or "" if it is none of these.
std::string help_on(const Manual& manual, std::string_view word);

}  // namespace cli
