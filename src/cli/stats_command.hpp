#pragma once

#include <string_view>

#include "cli/options.hpp"

namespace CLI {
class App;
}

namespace cli {

/// Declares the options of `fetcher stats [OPTIONS] [FILE]`.
class StatsCommand {
 public:
  static constexpr const char* word = "stats";
  static constexpr const char* name = "fetcher stats";
  static constexpr const char* summary = "Answer questions about a stream of numbers.";
  static const std::string_view details;

  explicit StatsCommand(CLI::App& app);

  StatsOptions options() { return options_; }

 private:
  StatsOptions options_;
};

}  // namespace cli
