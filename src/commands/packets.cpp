#include "commands/packets.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "commands/process.hpp"
#include "coro/nursery.hpp"
#include "coro/semaphore.hpp"
#include "disk/append_files.hpp"
#include "disk/directory.hpp"
#include "disk/line_splitter.hpp"
#include "disk/open_input.hpp"
#include "loop/clock.hpp"
#include "loop/input.hpp"
#include "loop/listener.hpp"
#include "loop/loop.hpp"
#include "loop/signals.hpp"
#include "packets/packet.hpp"
#include "packets/scheduler.hpp"
#include "packets/simulation.hpp"
#include "report/console.hpp"

namespace commands {
namespace {

using cli::ExitStatus;
using namespace std::chrono_literals;

ExitStatus print_simulation(const cli::PacketsOptions& options) {
  packets::SimulationOptions simulation = options.simulation;
  if (!options.has_seed) simulation.seed = std::random_device()();
  packets::Lines lines = packets::simulate(simulation);
  while (const std::optional<std::string> line = lines.next()) {
    if (std::fwrite(line->data(), 1, line->size(), stdout) != line->size()) break;
  }
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0 ? ExitStatus::all_saved
                                                              : ExitStatus::machine_failed;
}

/// Where the packets come from: an input, or connections that a listener accepts.
struct Stream {
  Stream(coro::ReadyQueue& ready, std::size_t most_connections) : seats(ready, most_connections) {}

  std::optional<loop::Input> input;
  std::optional<loop::Listener> listener;
  coro::Semaphore seats;                 ///< for connections at once
  std::optional<base::Failure> failure;  ///< of reading the input
};

/// Whether the last line counts without its LF.
enum class LastLine { counts, is_torn };

/// Reads to the end, or until the stop. What cannot be read on is noted in `failure`.
coro::Task<> read_packets(packets::Scheduler& scheduler, loop::Input& input, LastLine last_line,
                          std::stop_token stop, std::optional<base::Failure>& failure) {
  disk::LineSplitter splitter(packets::Scheduler::longest_line);
  for (;;) {
    const std::int64_t count = co_await input.read(stop);
    if (count == -ECANCELED) co_return;
    if (count < 0)
      failure =
          base::disk_failure(static_cast<int>(-count), "cannot read the packets to their end");
    if (count <= 0) break;
    std::string_view unread = input.buffer(count);
    while (const auto line = splitter.next(unread)) {
      if (scheduler.take(*line)) continue;
      std::string id(packets::parse_packet(line->text).id);
      co_await scheduler.wait_for_room(std::move(id));
    }
  }
  const auto rest = splitter.rest();
  if (rest && last_line == LastLine::counts) scheduler.take(*rest);
}

coro::Task<> serve_connection(packets::Scheduler& scheduler, loop::Loop& loop, coro::Permit seat,
                              base::FileDescriptor connection, std::stop_token stop) {
  const coro::Permit until_closed = std::move(seat);
  loop::Input input(loop, std::move(connection));
  std::optional<base::Failure> is_gone;  // his business: the others go on
  co_await read_packets(scheduler, input, LastLine::is_torn, stop, is_gone);
}

/// Whoever finds no seat waits in the socket's queue until somebody goes.
coro::Task<> accept_connections(coro::Nursery& nursery, packets::Scheduler& scheduler,
                                loop::Loop& loop, Stream& stream, std::stop_token stop) {
  for (;;) {
    std::optional<coro::Permit> seat = co_await stream.seats.acquire(stop);
    if (!seat) co_return;
    std::optional<base::FileDescriptor> connection = co_await stream.listener->accept(stop);
    if (!connection) co_return;
    nursery.spawn(
        serve_connection(scheduler, loop, std::move(*seat), std::move(*connection), stop));
  }
}

/// A message is in its file within a second, also when few come.
coro::Task<> flush_now_and_then(packets::Scheduler& scheduler, loop::Clock& clock,
                                std::stop_token stop) {
  bool goes_on = true;
  while (goes_on) {
    goes_on = co_await clock.sleep(300ms, stop);
    scheduler.flush();
  }
}

/// Reads the stream to its end, and lets the users write what came.
coro::Task<> read_stream(coro::Nursery& flushing, coro::Nursery& users,
                         packets::Scheduler& scheduler, loop::Loop& loop, loop::Clock& clock,
                         Stream& stream, std::stop_token stop) {
  flushing.spawn(flush_now_and_then(scheduler, clock, flushing.stop_token()));
  if (stream.input)
    co_await read_packets(scheduler, *stream.input, LastLine::counts, stop, stream.failure);
  else
    co_await coro::with_nursery(loop.ready(), stop, accept_connections, std::ref(scheduler),
                                std::ref(loop), std::ref(stream), stop);
  scheduler.finish();
  co_await users.join();
  flushing.request_stop();
}

coro::Task<> schedule(coro::Nursery& users, loop::Loop& loop, loop::Clock& clock, Stream& stream,
                      packets::Desk& desk) {
  packets::Scheduler scheduler(loop.ready(), users, desk);
  co_await coro::with_nursery(loop.ready(), std::stop_token(), read_stream, std::ref(users),
                              std::ref(scheduler), std::ref(loop), std::ref(clock),
                              std::ref(stream), desk.stop.get_token());
}

ExitStatus status_of(const packets::Desk& desk, const Stream& stream) {
  if (desk.disk_failure) return ExitStatus::machine_failed;
  if (stream.failure) return ExitStatus::usage;
  return desk.tally.refused_files > 0 ? ExitStatus::some_failed : ExitStatus::all_saved;
}

/// Declaration order is lifetime order.
ExitStatus run_stream(base::FileDescriptor input, base::FileDescriptor socket,
                      disk::Directory directory, std::size_t descriptors,
                      report::Console& console) {
  int caught_signal = 0;
  ExitStatus status = ExitStatus::all_saved;
  {
    loop::Loop loop;
    loop::LoopClock clock(loop);
    // Half of the descriptors for files; a connection takes two.
    const std::size_t spare = spare_descriptors(descriptors);
    disk::AppendFiles files(loop, directory, std::max<std::size_t>(spare / 2, 1));
    packets::Desk desk(loop.ready(), files);
    desk.on_refused = [&console](const base::Failure& failure) {
      console.say(base::printable(failure.words()));
    };
    Stream stream(loop.ready(), std::max<std::size_t>(spare / 4, 1));
    if (socket) {
      console.say(fmt::format("listening on {}", loop::address_of(socket)));
      stream.listener.emplace(loop, std::move(socket));
    } else {
      stream.input.emplace(loop, std::move(input));
    }
    const loop::Signals signals(loop, {SIGINT, SIGTERM, SIGHUP}, [&](int number) {
      if (caught_signal != 0) loop::die_of_signal(number);
      caught_signal = number;
      desk.stop.request_stop();
    });
    loop.run(coro::with_nursery(loop.ready(), {}, schedule, std::ref(loop),
                                std::ref<loop::Clock>(clock), std::ref(stream), std::ref(desk)));
    console.print(packets::summary(desk.tally));
    for (const auto& failure : {desk.disk_failure, stream.failure})
      if (failure) console.say(base::printable(failure->words()));
    status = status_of(desk, stream);
  }
  if (caught_signal != 0) loop::die_of_signal(caught_signal);
  return status;
}

}  // namespace

ExitStatus packets(const cli::PacketsOptions& options) {
  report::Console console(options.is_quiet);
  const auto refuse = [&console](const base::Failure& failure, ExitStatus status) {
    console.say(base::printable(failure.words()));
    return status;
  };
  prepare_process();
  if (options.simulates) return print_simulation(options);

  if (options.listen_on.empty() && options.file.empty() && isatty(STDIN_FILENO) == 1) {
    console.print(
        "fetcher: there is no stream of packets. Try one of:\n"
        "  fetcher packets --simulate | fetcher packets -o out\n"
        "  fetcher packets -o out --listen 127.0.0.1:4000\n");
    return ExitStatus::usage;
  }
  const std::string file = options.file.empty() ? "-" : options.file;
  base::FileDescriptor input;
  base::FileDescriptor socket;
  base::Result<base::FileDescriptor> opened =
      options.listen_on.empty() ? disk::open_input(file) : loop::listen_on(options.listen_on);
  if (!opened) return refuse(opened.error(), ExitStatus::usage);
  (options.listen_on.empty() ? input : socket) = std::move(*opened);

  base::Result<disk::Directory> directory = disk::Directory::open_or_make(options.output_dir);
  if (!directory) return refuse(directory.error(), ExitStatus::machine_failed);
  return run_stream(std::move(input), std::move(socket), std::move(*directory),
                    raise_descriptor_limit(), console);
}

}  // namespace commands
