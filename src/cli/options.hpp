#pragma once

#include <string>
#include <variant>
#include <vector>

#include "fetch/options.hpp"
#include "http/settings.hpp"

namespace cli {

/// `fetcher [OPTIONS] [SOURCE...]`.
struct FetchOptions {
  std::vector<std::string> sources;  ///< list files, URLs, "-"; none: stdin
  std::string output_dir = ".";
  std::string log;  ///< "": fetcher.jsonl in the output directory
  bool writes_records = false;
  bool is_quiet = false;
  bool is_verbose = false;
  bool shows_progress = true;
  fetch::Options fetch;
  http::Settings http;
};

/// Text that answers the command line by itself (--help, --version, a usage error).
struct Answer {
  std::string text;
  bool is_error = false;
};

using Command = std::variant<FetchOptions, Answer>;

}  // namespace cli
