#include "loop/input.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <future>
#include <string>

#include "coro/nursery.hpp"
#include "loop/clock.hpp"
#include "loop/descriptor_watch.hpp"
#include "loop/pool_work.hpp"
#include "support/temporary_directory.hpp"

TEST_SUITE_BEGIN("loop");

using namespace std::chrono_literals;

namespace {

struct Pipe {
  Pipe() {
    int ends[2] = {};
    REQUIRE(pipe2(ends, O_CLOEXEC) == 0);
    reader = base::FileDescriptor(ends[0]);
    writer = base::FileDescriptor(ends[1]);
  }
  void put(const std::string& bytes) {
    REQUIRE(write(writer.number(), bytes.data(), bytes.size()) == std::ssize(bytes));
  }
  base::FileDescriptor reader;
  base::FileDescriptor writer;
};

constexpr loop::Readiness readable{.readable = true, .writable = false, .failed = false};

/// A pipe, and a watch that forgets whatever it reports.
struct Watched {
  int number() const { return pipe.reader.number(); }

  /// How often something was reported until now. What a descriptor has to say is seen at the latest
  /// with the end of a job.
  int reports() {
    static constexpr auto turn = [](loop::Loop& its_loop) -> coro::Task<> {
      const auto job = [] { return true; };
      co_await loop::on_pool(its_loop, job);
    };
    loop.run(turn(loop));
    return count;
  }

  loop::Loop loop;
  Pipe pipe;
  int count = 0;
  loop::DescriptorWatch watch{loop, [this](int fd, loop::Readiness now) {
                                CHECK(fd == number());
                                CHECK(now.readable);
                                ++count;
                                watch.forget(fd);
                              }};
};

coro::Task<> read_all(loop::Input& input, std::string& all) {
  std::int64_t count = 1;
  while (count > 0) {
    count = co_await input.read(std::stop_token());
    if (count > 0) all += input.buffer(count);
  }
}

coro::Task<std::int64_t> read_once(loop::Input& input, std::stop_token stop) {
  co_return co_await input.read(stop);
}

coro::Task<> read_until_stopped(loop::Input& input, std::stop_token stop, std::int64_t& result) {
  result = co_await input.read(stop);
}

coro::Task<> stop_a_reader(coro::Nursery& nursery, loop::Clock& clock, loop::Input& input,
                           std::int64_t& result) {
  nursery.spawn(read_until_stopped(input, nursery.stop_token(), result));
  co_await clock.sleep(1ms);
  nursery.request_stop();
}

/// Long enough for every machine, and not forever.
coro::Task<> wait_on_pool(loop::Loop& loop, std::shared_future<void> released, bool& was_released) {
  const auto wait = [&] { return released.wait_for(10s) == std::future_status::ready; };
  was_released = co_await loop::on_pool(loop, wait);
}

coro::Task<> read_past_busy_threads(coro::Nursery& nursery, loop::Loop& loop, loop::Input& input,
                                    std::string& all, std::array<bool, 4>& were_released) {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  for (bool& was_released : were_released)
    nursery.spawn(wait_on_pool(loop, released, was_released));
  co_await loop.ready().yield();
  co_await read_all(input, all);
  release.set_value();
}

}  // namespace

TEST_CASE("a pipe gives what was written so far while it stays open") {
  loop::Loop loop;
  Pipe pipe;
  loop::Input input(loop, std::move(pipe.reader));
  pipe.put("first");
  const std::int64_t count = loop.run(read_once(input, std::stop_token()));
  CHECK(input.buffer(count) == "first");
}

TEST_CASE("a reader of an idle pipe can be stopped") {
  loop::Loop loop;
  loop::LoopClock clock(loop);
  Pipe pipe;
  loop::Input input(loop, std::move(pipe.reader));
  std::int64_t result = 0;
  loop.run(coro::with_nursery(loop.ready(), {}, stop_a_reader, std::ref<loop::Clock>(clock),
                              std::ref(input), std::ref(result)));
  CHECK(result == -ECANCELED);
}

TEST_CASE("a file is read to its end, and so is nothing") {
  loop::Loop loop;
  const TemporaryDirectory directory;
  const std::string content(200'000, 'x');
  directory.put("file", content);
  std::string all;
  SUBCASE("file") {
    loop::Input input(loop, base::FileDescriptor(open(directory.at("file").c_str(), O_RDONLY)));
    loop.run(read_all(input, all));
    CHECK(all == content);
  }
  SUBCASE("nothing") {
    loop::Input input(loop, base::FileDescriptor(open("/dev/null", O_RDONLY)));
    loop.run(read_all(input, all));
    CHECK(all.empty());
  }
}

TEST_CASE("a file in memory is read while every thread of the pool is busy") {
  if (access("/dev/shm", W_OK) != 0) return;
  loop::Loop loop;
  const TemporaryDirectory directory;
  directory.put("file", "content");
  loop::Input input(loop, base::FileDescriptor(open(directory.at("file").c_str(), O_RDONLY)));
  std::string all;
  std::array<bool, 4> were_released = {};
  loop.run(coro::with_nursery(loop.ready(), {}, read_past_busy_threads, std::ref(loop),
                              std::ref(input), std::ref(all), std::ref(were_released)));
  CHECK(all == "content");
  CHECK(were_released == std::array<bool, 4>{true, true, true, true});
}

TEST_CASE("a directory cannot be read, and says so") {
  loop::Loop loop;
  loop::Input input(loop, base::FileDescriptor(open("/", O_RDONLY)));
  CHECK(loop.run(read_once(input, std::stop_token())) == -EISDIR);
}

TEST_CASE("reading leaves the descriptor blocking for who shares it") {
  loop::Loop loop;
  Pipe pipe;
  const base::FileDescriptor shared(dup(pipe.reader.number()));
  loop::Input input(loop, std::move(pipe.reader));
  pipe.put("x");
  loop.run(read_once(input, std::stop_token()));
  CHECK((fcntl(shared.number(), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("a paused watch reports nothing until it is resumed") {
  Watched watched;
  CHECK(watched.watch.watch(watched.number(), readable));
  watched.watch.pause();
  watched.pipe.put("x");
  CHECK(watched.reports() == 0);
  watched.watch.resume();
  CHECK(watched.reports() == 1);
}

TEST_CASE("what happens to a descriptor that is forgotten is reported once it is watched again") {
  Watched watched;
  CHECK(watched.watch.watch(watched.number(), readable));
  watched.watch.forget(watched.number());
  watched.pipe.put("x");
  CHECK(watched.reports() == 0);
  CHECK(watched.watch.watch(watched.number(), readable));
  CHECK(watched.reports() == 1);
}

TEST_CASE("a number that was closed and opened again is watched anew") {
  Watched watched;
  CHECK(watched.watch.watch(watched.number(), readable));
  Pipe fresh;  // in its place the kernel forgets the old one
  REQUIRE(dup2(fresh.reader.number(), watched.number()) == watched.number());
  loop::Readiness wanted = readable;
  SUBCASE("for something else") {
    wanted.writable = true;
  }
  SUBCASE("for the same, as it was told of the end") {
    watched.watch.forget_closed(watched.number());
  }
  CHECK(watched.watch.watch(watched.number(), wanted));
  fresh.put("x");
  CHECK(watched.reports() == 1);
}

TEST_SUITE_END();
