#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>

namespace cli {

/// Refuses what is no number within these bounds.
template <class Number>
CLI::Validator number_from(Number least, Number most) {
  const CLI::Range range(least, most);
  const auto check = [=](const std::string& text) {
    if (range(text).empty()) return std::string();
    return fmt::format("{} is no number from {} to {}", text, least, most);
  };
  return CLI::Validator(check, "");
}

}  // namespace cli
