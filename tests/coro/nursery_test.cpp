#include "coro/nursery.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>

#include "support/world.hpp"

TEST_SUITE_BEGIN("coro");

using namespace std::chrono_literals;

namespace {

coro::Task<> sleeps_until_stopped(World& world, std::stop_token stop, int& stopped) {
  const bool slept = co_await world.clock.sleep(1h, stop);
  if (!slept) ++stopped;
}

coro::Task<> throws_later(World& world, std::string words) {
  co_await world.clock.sleep(1s);
  throw std::runtime_error(words);
}

coro::Task<> one_fails(coro::Nursery& nursery, World& world, int& stopped) {
  nursery.spawn(sleeps_until_stopped(world, nursery.stop_token(), stopped));
  nursery.spawn(throws_later(world, "first"));
  nursery.spawn(throws_later(world, "second"));
  nursery.spawn(sleeps_until_stopped(world, nursery.stop_token(), stopped));
  co_return;
}

coro::Task<> body_throws(coro::Nursery& nursery, World& world, int& stopped) {
  nursery.spawn(sleeps_until_stopped(world, nursery.stop_token(), stopped));
  co_await world.clock.sleep(1s);
  throw std::runtime_error("body");
}

coro::Task<> all_sleep(coro::Nursery& nursery, World& world, int& stopped) {
  for (int i = 0; i < 3; ++i)
    nursery.spawn(sleeps_until_stopped(world, nursery.stop_token(), stopped));
  co_return;
}

coro::Task<> ends_at_once(int& ended) {
  ++ended;
  co_return;
}

coro::Task<> spawns_many(coro::Nursery& nursery, int children, int& ended) {
  for (int i = 0; i < children; ++i) nursery.spawn(ends_at_once(ended));
  co_return;
}

coro::Task<> stop_after(World& world, std::stop_source source, base::Duration wait) {
  co_await world.clock.sleep(wait);
  source.request_stop();
}

coro::Task<> stopped_from_outside(coro::Nursery& outer, World& world, int& stopped) {
  std::stop_source source;
  outer.spawn(stop_after(world, source, 5s));
  co_await coro::with_nursery(world.ready, source.get_token(), all_sleep, std::ref(world),
                              std::ref(stopped));
}

}  // namespace

TEST_CASE("row 108: the first child's error stops its siblings and reaches the parent") {
  World world;
  int stopped = 0;
  CHECK_THROWS_WITH(
      world.run(coro::with_nursery(world.ready, {}, one_fails, std::ref(world), std::ref(stopped))),
      "first");
  CHECK(stopped == 2);
}

TEST_CASE("row 108: a nursery whose body throws still waits for its children") {
  World world;
  int stopped = 0;
  CHECK_THROWS_WITH(world.run(coro::with_nursery(world.ready, {}, body_throws, std::ref(world),
                                                 std::ref(stopped))),
                    "body");
  CHECK(stopped == 1);
}

TEST_CASE("a stop from outside reaches every child") {
  World world;
  int stopped = 0;
  world.run(coro::with_nursery(world.ready, {}, stopped_from_outside, std::ref(world),
                               std::ref(stopped)));
  CHECK(stopped == 3);
}

TEST_CASE("200,000 children that end at once do not deepen the stack") {
  World world;
  int ended = 0;
  world.run(coro::with_nursery(world.ready, {}, spawns_many, 200'000, std::ref(ended)));
  CHECK(ended == 200'000);
}

TEST_SUITE_END();
