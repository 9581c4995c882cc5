#pragma once

#include <string_view>

#include "cli/options.hpp"

namespace CLI {
class App;
}

namespace cli {

/// Declares the options of `fetcher report [OPTIONS] [LOG]`.
class ReportCommand {
 public:
  static constexpr const char* word = "report";
  static constexpr const char* name = "fetcher report";
  static constexpr const char* summary = "Tell what the log of a fetch says, as a page or as text.";
  static const std::string_view details;

  explicit ReportCommand(CLI::App& app);

  ReportOptions options() { return options_; }

 private:
  ReportOptions options_;
};

}  // namespace cli
