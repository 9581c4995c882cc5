#pragma once

#include <string>
#include <variant>
#include <vector>

#include "fetch/options.hpp"
#include "http/settings.hpp"
#include "packets/simulation.hpp"

namespace cli {

/// `fetcher [OPTIONS] [SOURCE...]`.
struct FetchOptions {
  std::vector<std::string> sources;  ///< list files, URLs, "-"; none: stdin
  std::string output_dir = ".";
  std::string retry_failed;  ///< a log whose failures are the list, or ""
  std::string log;           ///< "": fetcher.jsonl in the output directory
  bool follows = false;      ///< the last list, as it grows
  bool writes_records = false;
  bool is_quiet = false;
  bool is_verbose = false;
  bool shows_progress = true;
  fetch::Options fetch;
  http::Settings http;
};

/// `fetcher packets [OPTIONS] [FILE]`.
struct PacketsOptions {
  std::string file;       ///< "" and "-": stdin
  std::string listen_on;  ///< HOST:PORT, or ""
  std::string output_dir = ".";
  bool simulates = false;
  bool has_seed = false;
  packets::SimulationOptions simulation;
  bool is_quiet = false;
};

/// `fetcher stats [OPTIONS] [FILE]`.
struct StatsOptions {
  std::string file;   ///< "" and "-": stdin
  std::string field;  ///< dotted name of a field of JSON lines, or ""
  bool is_quiet = false;
};

/// `fetcher report [OPTIONS] [LOG]`.
struct ReportOptions {
  std::string log;     ///< a log, or a directory with one; "": the one in this directory
  std::string output;  ///< "": report.html next to the log
  std::string files;   ///< the directory of the files; "": that of the log
  bool is_text = false;
  bool overwrites = false;
  bool is_quiet = false;
};

/// Text that answers the command line by itself (--help, --version, a usage error).
struct Answer {
  std::string text;
  bool is_error = false;
};

using Command = std::variant<FetchOptions, PacketsOptions, StatsOptions, ReportOptions, Answer>;

}  // namespace cli
