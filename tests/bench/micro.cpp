// What single parts cost. Instead of time, which a busy machine blurs, tests/bench/instructions
// counts instructions.

#include <benchmark/benchmark.h>
#include <fcntl.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "coro/channel.hpp"
#include "coro/ready_queue.hpp"
#include "coro/semaphore.hpp"
#include "coro/spawned.hpp"
#include "coro/task.hpp"
#include "disk/line_reader.hpp"
#include "fetch/file_name.hpp"
#include "fetch/list_line.hpp"
#include "fetch/record.hpp"
#include "loop/loop.hpp"
#include "support/temporary_directory.hpp"

namespace {

using benchmark::State;

const std::string address = "https://images.example.com/albums/2026/05/p0012345.jpg?size=large";

/// As many iterations as ITERATIONS says, to count instructions; else as many as a time needs.
void counted(benchmark::internal::Benchmark* benchmark) {
  if (const char* iterations = std::getenv("ITERATIONS"))
    benchmark->Iterations(std::atoll(iterations));
}

void run_all(coro::ReadyQueue& ready) {
  while (!ready.empty()) ready.run_batch();
}

coro::Task<int> one() {
  co_return 1;
}

coro::Spawned call(coro::ReadyQueue&, State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(co_await one());
}

void task_call(State& state) {
  coro::ReadyQueue ready;
  call(ready, state);
  run_all(ready);
}
BENCHMARK(task_call)->Apply(counted);

coro::Spawned yield(coro::ReadyQueue& ready, State& state) {
  for (auto _ : state) co_await ready.yield();
}

void task_switch(State& state) {
  coro::ReadyQueue ready;
  yield(ready, state);
  run_all(ready);
}
BENCHMARK(task_switch)->Apply(counted);

coro::Spawned take_permits(coro::ReadyQueue&, coro::Semaphore& semaphore, State& state) {
  for (auto _ : state) std::optional<coro::Permit> permit = co_await semaphore.acquire();
}

void permit_that_is_free(State& state) {
  coro::ReadyQueue ready;
  coro::Semaphore semaphore(ready, 1);
  take_permits(ready, semaphore, state);
  run_all(ready);
}
BENCHMARK(permit_that_is_free)->Apply(counted);

coro::Spawned compete(coro::ReadyQueue& ready, coro::Semaphore& semaphore, bool& is_over) {
  while (!is_over) {
    std::optional<coro::Permit> permit = co_await semaphore.acquire();
    co_await ready.yield();
  }
}

coro::Spawned win(coro::ReadyQueue& ready, coro::Semaphore& semaphore, State& state,
                  bool& is_over) {
  for (auto _ : state) {
    std::optional<coro::Permit> permit = co_await semaphore.acquire();
    co_await ready.yield();
  }
  is_over = true;
}

/// One iteration hands it over twice: there and back.
void permit_from_hand_to_hand(State& state) {
  coro::ReadyQueue ready;
  coro::Semaphore semaphore(ready, 1);
  bool is_over = false;
  compete(ready, semaphore, is_over);
  win(ready, semaphore, state, is_over);
  run_all(ready);
}
BENCHMARK(permit_from_hand_to_hand)->Apply(counted);

coro::Spawned push(coro::ReadyQueue&, coro::Channel<int>& channel, State& state) {
  for (auto _ : state) co_await channel.push(1);
  channel.close();
}

coro::Spawned pop(coro::ReadyQueue&, coro::Channel<int>& channel) {
  while (const std::optional<int> number = co_await channel.pop()) benchmark::DoNotOptimize(number);
}

void channel_item(State& state) {
  coro::ReadyQueue ready;
  coro::Channel<int> channel(ready, 16);
  pop(ready, channel);
  push(ready, channel, state);
  run_all(ready);
}
BENCHMARK(channel_item)->Apply(counted);

base::FileDescriptor opened(const std::string& path) {
  return base::FileDescriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

coro::Task<> read_lines(loop::Loop& loop, std::string path, State& state) {
  std::optional<disk::LineReader> reader(std::in_place, loop, opened(path));
  for (auto _ : state) {
    const auto line = co_await reader->next(std::stop_token());
    if (!line || !*line) reader.emplace(loop, opened(path));
  }
}

void line_read(State& state) {
  const TemporaryDirectory directory;
  std::string lines;
  for (int n = 0; n < 100'000; ++n) lines += address + "\n";
  directory.put("list", lines);
  loop::Loop loop;
  loop.run(read_lines(loop, directory.at("list"), state));
}
BENCHMARK(line_read)->Apply(counted);

void parse_lines(State& state, std::string text) {
  disk::Line line;
  line.number = 1;
  line.text = std::move(text);
  for (auto _ : state) benchmark::DoNotOptimize(fetch::parse_line(line, ""));
}

void line_parsed(State& state) {
  parse_lines(state, address);
}
BENCHMARK(line_parsed)->Apply(counted);

void line_of_json_parsed(State& state) {
  parse_lines(state, R"({"url": ")" + address + R"(", "out": "a.jpg", "label": "cat"})");
}
BENCHMARK(line_of_json_parsed)->Apply(counted);

fetch::Outcome saved() {
  fetch::Outcome outcome;
  outcome.origin.n = 12'345;
  outcome.url = address;
  outcome.status = fetch::Status::saved;
  outcome.file = "p0012345.jpg";
  outcome.bytes = 13'000;
  outcome.answer.http = 200;
  outcome.answer.type = "image/jpeg";
  outcome.answer.etag = "\"6a1c3f52-32c8\"";
  outcome.answer.last_modified = "Sun, 31 May 2026 12:30:10 GMT";
  outcome.attempts = 1;
  outcome.at = std::chrono::system_clock::from_time_t(1'800'000'000);
  outcome.total = std::chrono::microseconds(10'592);
  return outcome;
}

void record_written(State& state) {
  const fetch::Outcome outcome = saved();
  for (auto _ : state) benchmark::DoNotOptimize(fetch::to_record(outcome));
}
BENCHMARK(record_written)->Apply(counted);

void record_read(State& state) {
  std::string record = fetch::to_record(saved());
  record.pop_back();
  for (auto _ : state) benchmark::DoNotOptimize(fetch::parse_record(record));
}
BENCHMARK(record_read)->Apply(counted);

void file_name(State& state) {
  const fetch::NameTemplate names = *fetch::NameTemplate::parse("{name}");
  const http::Url url = *http::Url::parse(address);
  for (auto _ : state) benchmark::DoNotOptimize(names.name_for(url, 12'345));
}
BENCHMARK(file_name)->Apply(counted);

}  // namespace

BENCHMARK_MAIN();
