#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "cli/options.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace cli {

/// Declares the options of `fetcher packets [OPTIONS] [FILE]`.
class PacketsCommand {
 public:
  static constexpr const char* word = "packets";
  static constexpr const char* name = "fetcher packets";
  static constexpr const char* summary = "Sort a stream of packets into one file per user.";
  static const std::string_view details;

  explicit PacketsCommand(CLI::App& app);

  PacketsOptions options();

 private:
  PacketsOptions options_;
  std::optional<std::uint64_t> messages_;
  CLI::Option* seed_ = nullptr;
};

}  // namespace cli
