#include "cli/packets_command.hpp"

#include <CLI/CLI.hpp>

#include "cli/number_check.hpp"

namespace cli {

const std::string_view PacketsCommand::details =
    R"(A line is "auth ID", "disconnect ID" or "ID message". The messages of users who
are authorised go to ID.txt, in order, each within a second; all other packets
are dropped and counted. An ID is 1 to 64 letters, digits, _ and -.

Examples:

  fetcher packets --simulate | fetcher packets -o out
  fetcher packets -o out --listen 127.0.0.1:4000

Exit status: 0 all written (drops are no failure), 1 some file was refused, 2
wrong usage or unreadable stream, 3 the disk failed; killed by a signal, it
writes what it has and dies of it.
)";

PacketsCommand::PacketsCommand(CLI::App& app) {
  packets::SimulationOptions& simulation = options_.simulation;
  CLI::Option* file =
      app.add_option("FILE", options_.file, "A stream of packets, or - for standard input");
  app.add_option("-o,--output-dir", options_.output_dir, "Where ID.txt of each user goes")
      ->type_name("DIR")
      ->capture_default_str();
  app.add_option("--listen", options_.listen_on, "Take packets from TCP connections instead")
      ->type_name("HOST:PORT")
      ->excludes(file);
  app.add_flag("-q,--quiet", options_.is_quiet, "Say nothing on stderr");
  CLI::Option* simulate =
      app.add_flag("--simulate", options_.simulates, "Print a simulated stream instead");
  const auto add = [&](const char* names, auto& value, const char* words) {
    return app.add_option(names, value, words)
        ->needs(simulate)
        ->type_name("N")
        ->check(number_from(std::uint64_t{0}, std::uint64_t{1} << 62));
  };
  add("--users", simulation.users, "Users who are authorised")->capture_default_str();
  add("--strangers", simulation.strangers, "Users who are not")->capture_default_str();
  add("--messages", messages_, "Messages of each [10 to 20, at random]");
  seed_ = add("--seed", simulation.seed, "The same seed, the same stream [differs]");
}

PacketsOptions PacketsCommand::options() {
  options_.has_seed = seed_->count() > 0;
  options_.simulation.messages = messages_;
  return options_;
}

}  // namespace cli
