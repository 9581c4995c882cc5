#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/failure.hpp"

namespace cli {

/// What `fetcher help WORD` tells, and a section of the manual page.
struct Topic {
  std::string_view word;     ///< "lists"
  std::string_view summary;  ///< a phrase, for the list of topics
  /// Paragraphs with a blank line between them, at most 79 columns wide. A line that begins with a
  /// blank stays as it is: an example or a table.
  std::string text;
};

/// In the order of the manual page.
std::span<const Topic> topics();

/// Examples of `fetcher [OPTIONS] [SOURCE...]`, as Topic::text.
extern const std::string_view examples;

/// What a kind of failure means, and what whoever sees it may try.
struct KindText {
  base::Kind kind;
  std::string_view meaning;
  std::string_view advice;
};

extern const std::array<KindText, base::kind_count> kind_texts;

}  // namespace cli
