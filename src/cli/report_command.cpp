#include "cli/report_command.hpp"

#include <CLI/CLI.hpp>

namespace cli {

const std::string_view ReportCommand::details =
    R"(LOG is the log of a fetch, or a directory with a fetcher.jsonl. The report is
one HTML file, which needs no network; it tells the end of each line, however
often the fetch was run, and links to the files by relative path, so that it
belongs next to them. A file that is no report is not replaced.

Examples:

  fetcher report pictures
  fetcher report --text pictures | less

Exit status: 0 done, 2 wrong usage, unreadable log, or a file in the way, 3 the
disk or stdout failed.
)";

ReportCommand::ReportCommand(CLI::App& app) {
  app.add_option("LOG", options_.log, "A log, or a directory with one [fetcher.jsonl]");
  CLI::Option* output =
      app.add_option("-o,--output", options_.output, "The report [report.html next to the log]")
          ->type_name("FILE");
  app.add_option("--files", options_.files, "Where the files lie [next to the log]")
      ->type_name("DIR");
  app.add_flag("--overwrite", options_.overwrites, "Replace a file that is no report");
  app.add_flag("--text", options_.is_text, "Say it on stdout instead")->excludes(output);
  app.add_flag("-q,--quiet", options_.is_quiet, "Say nothing on stderr");
}

}  // namespace cli
