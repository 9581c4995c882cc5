#include "cli/stats_command.hpp"

#include <CLI/CLI.hpp>

namespace cli {

const std::string_view StatsCommand::details =
    R"(Numbers are decimals; a question between them is answered at once, on a line of
its own: mean variance count stddev pvariance min max sum median p90 p99, or
all. Variance and stddev are the sample's (n - 1), pvariance the population's.
median, p90 and p99 are within 1 % of the value's size. The end of the stream
answers all; SIGUSR1 answers all on stderr.

Examples:

  seq 10 | fetcher stats
  (echo 1 2 3 mean; echo 4 median) | fetcher stats
  fetcher stats --field seconds.total fetcher.jsonl

Exit status: 0 all read, 1 something was no number, 2 wrong usage or unreadable
stream, 3 stdout failed.
)";

StatsCommand::StatsCommand(CLI::App& app) {
  app.add_option("FILE", options_.file, "Numbers and questions, or - for standard input");
  app.add_option("--field", options_.field, "Take this field of JSON lines, as seconds.total")
      ->type_name("NAME");
  app.add_flag("-q,--quiet", options_.is_quiet, "Say nothing on stderr");
}

}  // namespace cli
