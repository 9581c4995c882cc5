#include "commands/fetch.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "commands/process.hpp"
#include "coro/nursery.hpp"
#include "disk/append_file.hpp"
#include "disk/directory.hpp"
#include "disk/group_sync.hpp"
#include "fetch/fetch_all.hpp"
#include "fetch/list_length.hpp"
#include "fetch/run.hpp"
#include "fetch/url_list.hpp"
#include "http/multi.hpp"
#include "loop/clock.hpp"
#include "loop/loop.hpp"
#include "loop/signals.hpp"
#include "report/console.hpp"
#include "report/progress_display.hpp"
#include "report/run_report.hpp"
#include "report/summary.hpp"

namespace commands {
namespace {

using cli::ExitStatus;
using namespace std::chrono_literals;

// Lines beyond those in flight that may wait: for their host, for the next try, for the disk, or
// for the reader of their records.
constexpr std::size_t most_unreported = 10000;

/// Everything that can be wrong before the first request, found before anything is made.
struct Prepared {
  std::vector<fetch::Source> sources;
  fetch::NameTemplate name_template;
  disk::Directory directory;
  base::FileDescriptor log;
  std::string log_path;
  fetch::LogIndex log_index;
};

std::string log_path(const cli::FetchOptions& options) {
  if (!options.log.empty()) return options.log;
  return (std::filesystem::path(options.output_dir) / "fetcher.jsonl").string();
}

/// How much is read at once. Large bodies take half the time with 400 KiB of what they take with
/// libcurl's 16; but each request has such a buffer. Where the rate is limited, all requests have
/// their turn within a quarter of a second, as far as libcurl's smallest buffer allows.
base::Bytes receive_buffer(const cli::FetchOptions& options) {
  const base::Bytes at_once = options.fetch.limits.at_once;
  const base::Bytes fast =
      std::clamp<base::Bytes>(4 * base::MiB / at_once, 16 * base::KiB, 512 * base::KiB);
  if (!options.http.bytes_per_second) return fast;
  return std::clamp<base::Bytes>(*options.http.bytes_per_second / (4 * at_once), base::KiB, fast);
}

/// Fewer at once where there are few descriptors: a request needs up to two while its host's name
/// is looked up, then one for its connection, and one for its file; and as many files again may
/// wait for the disk.
void fit_to_descriptors(cli::FetchOptions& options, std::size_t descriptors,
                        report::Console& console) {
  const std::size_t most = std::max<std::size_t>(spare_descriptors(descriptors) / 4, 1);
  options.http.connections =
      std::min(std::max<std::size_t>(4 * options.fetch.limits.at_once, 1000), most);
  if (options.fetch.limits.at_once <= most) return;
  options.fetch.limits.at_once = most;
  console.say(fmt::format("only {} requests at once: this process may open {} files (ulimit -n)",
                          most, descriptors));
}

base::Result<std::vector<fetch::Source>> open_sources(const cli::FetchOptions& options) {
  if (options.retry_failed.empty()) {
    const std::vector<std::string> standard_input = {"-"};
    base::Result<std::vector<fetch::Source>> sources =
        fetch::open_sources(options.sources.empty() ? standard_input : options.sources);
    if (!sources || !options.follows) return sources;
    if (const auto followed = fetch::follow_last(*sources); !followed) return followed.error();
    return sources;
  }
  base::Result<fetch::Source> failures = fetch::open_failures(options.retry_failed);
  if (!failures) return failures.error();
  std::vector<fetch::Source> sources;
  sources.push_back(std::move(*failures));
  return sources;
}

/// What is made durable in a directory is lost with the directory's own name. Blocks.
base::Result<void> sync_paths(const cli::FetchOptions& options) {
  if (options.fetch.durability == fetch::Durability::rename) return {};
  base::Result<void> synced = disk::sync_path(options.output_dir);
  if (!synced || options.log.empty()) return synced;
  const std::filesystem::path directory = std::filesystem::path(options.log).parent_path();
  return disk::sync_path(directory.empty() ? "." : directory.string());
}

/// A list that is the log would grow with each of its lines.
bool is_one_of(const base::FileDescriptor& log, const std::vector<fetch::Source>& sources) {
  struct stat of_log = {};
  fstat(log.number(), &of_log);
  return std::any_of(sources.begin(), sources.end(), [&](const fetch::Source& source) {
    struct stat of_list = {};
    return source.list && fstat(source.list.number(), &of_list) == 0 &&
           of_list.st_dev == of_log.st_dev && of_list.st_ino == of_log.st_ino;
  });
}

/// Whether nothing but the block is written to the terminal.
bool can_show_progress(const cli::FetchOptions& options, const report::Console& console) {
  if (!options.shows_progress || options.is_quiet) return false;
  return !(console.is_terminal() && options.writes_records && isatty(STDOUT_FILENO) == 1);
}

coro::Task<> fetch_and_show(coro::Nursery& nursery, fetch::Run& run, fetch::UrlList& list,
                            fetch::ListLength& length, report::ProgressDisplay& progress,
                            bool shows_progress) {
  if (shows_progress) {
    nursery.spawn(length.count(run.loop, nursery.stop_token()));
    nursery.spawn(progress.keep_showing(nursery.stop_token()));
  }
  co_await fetch::fetch_all(run, list);
  nursery.request_stop();
}

/// The run itself; declaration order is lifetime order.
ExitStatus run_list(const cli::FetchOptions& options, Prepared prepared, report::Console& console) {
  int caught_signal = 0;
  std::optional<ExitStatus> status;
  {
    loop::Loop loop;
    loop::LoopClock clock(loop);
    http::Multi http(loop, clock, options.http);
    disk::AppendFile log(loop, std::move(prepared.log), prepared.log_path);
    if (options.fetch.durability == fetch::Durability::batch)
      log.sync_in_groups(clock, disk::DirectorySync::gathering);
    else if (options.fetch.durability == fetch::Durability::file)
      log.sync_in_groups(clock, base::Duration::zero());
    disk::DirectorySync sync(loop, clock, prepared.directory);
    std::optional<disk::AppendFile> records;
    if (options.writes_records)
      records.emplace(loop, base::FileDescriptor(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)),
                      "the records to stdout");

    std::stop_source intake;
    report::RunReport report(console, log, records ? &*records : nullptr, options.is_verbose,
                             [&intake] { intake.request_stop(); });
    const std::string log_name = std::filesystem::path(prepared.log_path).filename().string();
    fetch::Run run{loop,
                   clock,
                   http,
                   prepared.directory,
                   sync,
                   report,
                   options.fetch,
                   std::move(prepared.name_template),
                   fetch::NameRegister(prepared.directory.folds_case(log_name)),
                   std::move(prepared.log_index),
                   fetch::HostLimits(loop.ready(), clock, options.fetch.limits),
                   coro::Semaphore(loop.ready(), options.fetch.limits.at_once + most_unreported),
                   coro::Semaphore(loop.ready(), 2 * options.fetch.limits.at_once),
                   intake,
                   std::stop_source()};
    run.names.reserve(log_name);
    fetch::ListLength length(prepared.sources);
    fetch::UrlList list(loop, std::move(prepared.sources));
    report::ProgressDisplay progress(console, run, list, length, report.tally());

    // A disk or a reader of stdout that hangs does not keep us from obeying.
    const auto give_up = [&](int number) {
      console.clear();
      loop::die_of_signal(number);
    };
    loop::Clock::Alarm out_of_patience(clock, [&] { give_up(caught_signal); });
    const auto numbers = {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGTSTP};
    const loop::Signals signals(loop, numbers, [&](int number) {
      if (number == SIGUSR1) return progress.say();
      if (number == SIGTSTP) {
        console.clear();
        return loop::stop_by_signal(number);
      }
      if (caught_signal != 0) give_up(number);
      caught_signal = number;
      run.intake.request_stop();
      run.cancel.request_stop();
      out_of_patience.set(clock.now() + 1s);
    });

    loop.run(coro::with_nursery(loop.ready(), {}, fetch_and_show, std::ref(run), std::ref(list),
                                std::ref(length), std::ref(progress),
                                can_show_progress(options, console)));

    report::Tally& tally = report.tally();
    console.print(report::summary(tally, progress.elapsed()));
    if (list.failure()) console.say(base::printable(list.failure()->words()));
    if (tally.lines() == 0 && !list.failure() && caught_signal == 0)
      console.say(
          options.retry_failed.empty()
              ? "the list has no URL; \"fetcher help lists\" says what a line may be"
              : fmt::format("nothing has failed in {}", base::printable(options.retry_failed)));
    if (caught_signal != 0)
      console.say("stopped by a signal; the same command again goes on where it was");
    else if (run.intake.stop_requested())
      console.say(
          "stopped, because this machine could not write; when it can, the same command again goes "
          "on where it was");
    else if (tally.failed() > 0)
      console.say(fmt::format("{} tells what failed; \"fetcher help kinds\" says what to try",
                              base::printable(prepared.log_path)));
    if (report.has_lost_records() || tally.failed(base::Kind::disk) > 0)
      status = ExitStatus::machine_failed;
    else if (list.failure())
      status = ExitStatus::usage;
    else
      status = tally.failed() > 0 ? ExitStatus::some_failed : ExitStatus::all_saved;
  }
  if (caught_signal != 0) loop::die_of_signal(caught_signal);
  return *status;
}

}  // namespace

ExitStatus fetch(const cli::FetchOptions& options) {
  report::Console console(options.is_quiet);
  const auto refuse = [&console](const base::Failure& failure, ExitStatus status) {
    console.say(base::printable(failure.words()));
    return status;
  };

  prepare_process();
  cli::FetchOptions fitted = options;
  const std::size_t descriptors = raise_descriptor_limit();

  base::Result<std::vector<fetch::Source>> sources = open_sources(options);
  if (!sources) return refuse(sources.error(), ExitStatus::usage);
  base::Result<fetch::NameTemplate> name_template =
      fetch::NameTemplate::parse(options.fetch.name_template);
  if (!name_template) return refuse(name_template.error(), ExitStatus::usage);
  if (options.sources.empty() && options.retry_failed.empty() && isatty(STDIN_FILENO) == 1) {
    console.print(
        "fetcher: there is no list to fetch. Try one of:\n"
        "  fetcher -c 10 urls.txt\n"
        "  fetcher https://example.com/a.jpg\n");
    return ExitStatus::usage;
  }

  fit_to_descriptors(fitted, descriptors, console);
  fitted.http.receive_buffer = receive_buffer(fitted);
  base::Result<disk::Directory> directory = disk::Directory::open_or_make(options.output_dir);
  if (!directory) return refuse(directory.error(), ExitStatus::machine_failed);
  const std::string path = log_path(options);
  base::Result<base::FileDescriptor> log = disk::open_log(path);
  if (!log) {
    const bool is_busy = log.error().code() == EWOULDBLOCK;
    return refuse(log.error(), is_busy ? ExitStatus::usage : ExitStatus::machine_failed);
  }
  if (is_one_of(*log, *sources))
    return refuse(
        base::Failure(base::Kind::disk, 0,
                      fmt::format("{} is the log and cannot be a list too; what failed "
                                  "in it is fetched with --retry-failed and another --log",
                                  path)),
        ExitStatus::usage);
  base::Result<fetch::LogIndex> index = fetch::LogIndex::read(log->number(), path);
  if (!index) return refuse(index.error(), ExitStatus::usage);
  const base::Result<void> synced = sync_paths(options);
  if (!synced) return refuse(synced.error(), ExitStatus::machine_failed);
  return run_list(fitted,
                  Prepared{std::move(*sources), std::move(*name_template), std::move(*directory),
                           std::move(*log), path, std::move(*index)},
                  console);
}

}  // namespace commands
