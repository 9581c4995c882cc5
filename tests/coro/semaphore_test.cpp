#include "coro/semaphore.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "coro/nursery.hpp"
#include "support/world.hpp"

TEST_SUITE_BEGIN("coro");

using namespace std::chrono_literals;

namespace {

struct Crowd {
  explicit Crowd(World& its_world, std::size_t limit)
      : world(its_world), gate(its_world.ready, limit) {}
  World& world;
  coro::Semaphore gate;
  int inside = 0;
  int most = 0;
  std::vector<int> order;
};

coro::Task<> visit(Crowd& crowd, int number) {
  const std::optional<coro::Permit> permit = co_await crowd.gate.acquire();
  crowd.order.push_back(number);
  crowd.most = std::max(crowd.most, ++crowd.inside);
  co_await crowd.world.clock.sleep(10ms);
  --crowd.inside;
}

coro::Task<> visit_all(coro::Nursery& nursery, Crowd& crowd, int visitors) {
  for (int i = 0; i < visitors; ++i) nursery.spawn(visit(crowd, i));
  co_return;
}

coro::Task<> ask_in_vain(Crowd& crowd, std::stop_token stop, bool& got_one) {
  const std::optional<coro::Permit> permit = co_await crowd.gate.acquire(stop);
  got_one = permit.has_value();
}

coro::Task<> hold_the_only_permit(coro::Nursery& nursery, Crowd& crowd, bool& got_one) {
  const std::optional<coro::Permit> held = co_await crowd.gate.acquire();
  nursery.spawn(ask_in_vain(crowd, nursery.stop_token(), got_one));
  co_await crowd.world.clock.sleep(1s);
  nursery.request_stop();
}

coro::Task<> pass_one_permit_around(Crowd& crowd, int times) {
  for (int i = 0; i < times; ++i) {
    std::optional<coro::Permit> permit = co_await crowd.gate.acquire();
    permit->give_back();
  }
}

coro::Task<> queue_up(coro::Nursery& nursery, Crowd& crowd, int waiters) {
  static constexpr auto wait = [](Crowd& its_crowd) -> coro::Task<> {
    const std::optional<coro::Permit> permit = co_await its_crowd.gate.acquire();
    its_crowd.most++;
  };
  for (int i = 0; i < waiters; ++i) nursery.spawn(wait(crowd));
  co_return;
}

}  // namespace

TEST_CASE("never more than 4 of 40 hold a permit, and they come in order") {
  World world;
  Crowd crowd(world, 4);
  world.run(coro::with_nursery(world.ready, {}, visit_all, std::ref(crowd), 40));
  CHECK(crowd.most == 4);
  CHECK(crowd.order.size() == 40);
  CHECK(std::is_sorted(crowd.order.begin(), crowd.order.end()));
  CHECK(crowd.gate.free() == 4);
}

TEST_CASE("who waits for a permit can be told to stop") {
  World world;
  Crowd crowd(world, 1);
  bool got_one = true;
  world.run(coro::with_nursery(world.ready, {}, hold_the_only_permit, std::ref(crowd),
                               std::ref(got_one)));
  CHECK_FALSE(got_one);
  CHECK(crowd.gate.free() == 1);
}

TEST_CASE("200,000 permits in a row, free or handed on, do not deepen the stack") {
  World world;
  Crowd crowd(world, 1);
  SUBCASE("free") {
    world.run(pass_one_permit_around(crowd, 200'000));
  }
  SUBCASE("handed on") {
    world.run(coro::with_nursery(world.ready, {}, queue_up, std::ref(crowd), 200'000));
    CHECK(crowd.most == 200'000);
  }
  CHECK(crowd.gate.free() == 1);
}

TEST_CASE("giving a permit back twice gives back one") {
  World world;
  coro::Semaphore gate(world.ready, 1);
  static constexpr auto story = [](coro::Semaphore& its_gate) -> coro::Task<> {
    std::optional<coro::Permit> permit = co_await its_gate.acquire();
    permit->give_back();
    permit->give_back();
  };
  world.run(story(gate));
  CHECK(gate.free() == 1);
}

TEST_SUITE_END();
