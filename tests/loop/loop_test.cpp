#include "loop/loop.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/file_descriptor.hpp"
#include "coro/nursery.hpp"
#include "coro/wait_list.hpp"
#include "loop/clock.hpp"
#include "loop/file_request.hpp"
#include "loop/handle.hpp"
#include "loop/kick.hpp"
#include "loop/pool_work.hpp"
#include "loop/signals.hpp"
#include "support/death.hpp"

TEST_SUITE_BEGIN("loop");

using namespace std::chrono_literals;

namespace {

coro::Task<> wait_for_ever(loop::Loop& loop) {
  coro::WaitList never(loop.ready());
  co_await never.wait();
}

coro::Task<int> add_on_pool(loop::Loop& loop, int a, int b) {
  const auto main_thread = std::this_thread::get_id();
  const auto add = [=] {
    if (std::this_thread::get_id() == main_thread) throw std::logic_error("not on the pool");
    return a + b;
  };
  co_return co_await loop::on_pool(loop, add);
}

coro::Task<> fail_on_pool(loop::Loop& loop) {
  const auto fail = []() -> int { throw std::runtime_error("from the pool"); };
  co_await loop::on_pool(loop, fail);
}

coro::Task<std::int64_t> write_to(loop::Loop& loop, std::string path, std::string bytes) {
  const base::FileDescriptor file(open(path.c_str(), O_WRONLY));
  co_return co_await loop::write(loop, file.number(), bytes);
}

coro::Task<> half_with_others(loop::Loop& loop, int number, std::vector<int>& results) {
  const auto half = [=] {
    if (number % 2 != 0) throw std::logic_error("odd");
    return number / 2;
  };
  try {
    const int result = co_await loop::on_pool_with_others(loop, half);
    results.push_back(result);
  } catch (const std::logic_error&) {
    results.push_back(-1);
  }
}

coro::Task<> start_halves(coro::Nursery& nursery, loop::Loop& loop, int count,
                          std::vector<int>& results) {
  for (int number = 0; number < count; ++number)
    nursery.spawn(half_with_others(loop, number, results));
  co_await loop.ready().yield();
}

std::vector<int> halves(loop::Loop& loop, int count) {
  std::vector<int> results;
  const auto body = [&](coro::Nursery& nursery) {
    return start_halves(nursery, loop, count, results);
  };
  loop.run(coro::with_nursery(loop.ready(), std::stop_token(), body));
  return results;
}

}  // namespace

TEST_CASE("a handle that was not closed is noticed at once") {
  const Death death = death_of([] {
    loop::Loop loop;
    auto* const timer = new uv_timer_t;
    uv_timer_init(loop.native(), timer);
  });
  CAPTURE(death.words);
  CHECK(death.signal == SIGABRT);
  CHECK(death.words.find("was not closed") != std::string::npos);
}

TEST_CASE("a program that waits for nothing is stopped") {
  const Death death = death_of([] {
    loop::Loop loop;
    loop.run(wait_for_ever(loop));
  });
  CAPTURE(death.words);
  CHECK(death.signal == SIGABRT);
  CHECK(death.words.find("nothing is left to wake it") != std::string::npos);
}

TEST_CASE("jobs that share their way to the pool each give their own result or exception") {
  loop::Loop loop;
  CHECK(halves(loop, 6) == std::vector{0, -1, 1, -1, 2, -1});
  CHECK(halves(loop, 1) == std::vector{0});
}

TEST_CASE("work on the pool gives its result or its exception") {
  loop::Loop loop;
  CHECK(loop.run(add_on_pool(loop, 20, 22)) == 42);
  CHECK_THROWS_WITH(loop.run(fail_on_pool(loop)), "from the pool");
}

TEST_CASE("a file request gives a count or what is wrong") {
  loop::Loop loop;
  CHECK(loop.run(write_to(loop, "/dev/null", "12345")) == 5);
  CHECK(loop.run(write_to(loop, "/dev/full", "12345")) == -ENOSPC);
}

TEST_CASE("sleepers wake in the order of their times") {
  loop::Loop loop;
  loop::LoopClock clock(loop);
  static constexpr auto story = [](coro::ReadyQueue& ready, loop::Clock& its_clock,
                                   std::string& order) -> coro::Task<> {
    coro::WaitList last(ready);
    loop::Clock::Alarm late(its_clock, [&order, &last] {
      order += "late ";
      last.wake_all();
    });
    loop::Clock::Alarm early(its_clock, [&order] { order += "early "; });
    loop::Clock::Alarm never(its_clock, [&order] { order += "never "; });
    const base::Time now = its_clock.now();
    late.set(now + 3ms);
    never.set(now + 2ms);
    early.set(now + 1ms);
    never.cancel();
    co_await last.wait();
  };
  std::string order;
  loop.run(story(loop.ready(), clock, order));
  CHECK(order == "early late ");
}

TEST_CASE("a kick that sets itself again does not starve the clock") {
  loop::Loop loop;
  loop::LoopClock clock(loop);
  long kicks = 0;
  loop::Kick* again = nullptr;
  loop::Kick kick(loop, [&] {
    ++kicks;
    again->set();
  });
  again = &kick;
  kick.set();
  static constexpr auto nap = [](loop::Clock& its_clock) -> coro::Task<> {
    co_await its_clock.sleep(2ms);
  };
  loop.run(nap(clock));
  kick.cancel();
  CHECK(kicks > 1);
}

TEST_CASE("a signal is reported from the loop") {
  loop::Loop loop;
  coro::WaitList caught(loop.ready());
  int number = 0;
  const loop::Signals signals(loop, {SIGUSR1, SIGUSR2}, [&](int signal) {
    number = signal;
    caught.wake_all();
  });
  loop::LoopClock clock(loop);
  static constexpr auto story = [](coro::WaitList& its_caught,
                                   loop::Clock& its_clock) -> coro::Task<> {
    loop::Clock::Alarm keeps_the_loop_alive(its_clock, [] {});
    keeps_the_loop_alive.set(its_clock.now() + 1h);
    std::raise(SIGUSR2);
    co_await its_caught.wait();
  };
  loop.run(story(caught, clock));
  CHECK(number == SIGUSR2);
}

TEST_CASE("dying of a signal looks like it to the parent, though it was ignored") {
  const Death death = death_of([] {
    std::signal(SIGTERM, SIG_IGN);
    loop::die_of_signal(SIGTERM);
  });
  CHECK(death.signal == SIGTERM);
}

TEST_SUITE_END();
