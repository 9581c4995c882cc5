#include "loop/crew.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <functional>
#include <future>
#include <stdexcept>

#include "coro/nursery.hpp"

TEST_SUITE_BEGIN("loop");

namespace {

using namespace std::chrono_literals;

constexpr int crowd = 200;

/// A crowd of jobs of which a few wait until all others have been told to their coroutines.
struct Crowd {
  explicit Crowd(loop::Loop& loop) : crew(loop, 4) {}

  loop::Crew crew;
  int told = 0;
  std::promise<void> others_are_told;
  std::shared_future<void> release = others_are_told.get_future().share();
};

coro::Task<> take_long(Crowd& all, bool& was_released) {
  const auto wait = [&all] { return all.release.wait_for(10s) == std::future_status::ready; };
  was_released = co_await all.crew.run(wait);
}

coro::Task<> be_short(Crowd& all, int number) {
  const auto twice = [=] { return 2 * number; };
  const int result = co_await all.crew.run(twice);
  CHECK(result == 2 * number);
  if (++all.told == crowd) all.others_are_told.set_value();
}

coro::Task<> start_crowd(coro::Nursery& nursery, Crowd& all, std::array<bool, 3>& were_released) {
  for (int number = 0; number < crowd; ++number) {
    if (number % 50 == 20 && number < 150)
      nursery.spawn(take_long(all, were_released[static_cast<std::size_t>(number / 50)]));
    nursery.spawn(be_short(all, number));
  }
  co_return;
}

coro::Task<> fail(loop::Crew& crew) {
  const auto job = []() -> int { throw std::runtime_error("from the crew"); };
  co_await crew.run(job);
}

}  // namespace

TEST_CASE("jobs that take long hold as many threads of a crew, and none of the other jobs") {
  loop::Loop loop;
  Crowd all(loop);
  std::array<bool, 3> were_released = {};
  loop.run(
      coro::with_nursery(loop.ready(), {}, start_crowd, std::ref(all), std::ref(were_released)));
  CHECK(were_released == std::array<bool, 3>{true, true, true});
}

TEST_CASE("a job of a crew gives its exception to its coroutine") {
  loop::Loop loop;
  loop::Crew crew(loop, 1);
  CHECK_THROWS_WITH(loop.run(fail(crew)), "from the crew");
}

TEST_SUITE_END();
