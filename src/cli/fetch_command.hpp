#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "cli/options.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace cli {

/// Declares the options of `fetcher [OPTIONS] [SOURCE...]`, and reads them into `options`.
class FetchCommand {
 public:
  static constexpr const char* word = "fetch";
  static constexpr const char* name = "fetcher";
  static constexpr const char* summary =
      "Fetch a list of URLs, many at once, and lay the bodies on disk.";
  static const std::string_view details;

  explicit FetchCommand(CLI::App& app);

  FetchOptions options();

 private:
  void declare_input_and_output();
  void declare_requests();
  void declare_limits();
  void declare_words();

  template <class Value>
  CLI::Option* add(const char* names, Value& value, const char* words, const char* type,
                   bool shows_default = true);

  /// An option that takes one of the words in `type`, which are separated by `|`.
  CLI::Option* choice(const char* names, std::string& value, const char* words, const char* type);

  CLI::Option* flag(const char* names, bool& value, const char* words);

  CLI::App& app_;
  std::string group_;
  FetchOptions options_;
  std::string user_agent_;
  std::string version_ = "auto";
  std::string durability_ = "rename";
  std::string max_size_;
  std::string limit_rate_;
  std::string accept_;
  double connect_timeout_ = 10;
  double stall_timeout_ = 30;
  double max_time_ = 0;
  double retry_max_time_ = 0;
  double rate_ = 0;
  std::size_t per_host_ = 0;
  bool is_insecure_ = false;
  bool overwrites_ = false;
  bool skips_ = false;
  bool refetches_ = false;
  bool updates_ = false;
  bool hides_progress_ = false;
};

}  // namespace cli
