#include "coro/channel.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "coro/nursery.hpp"
#include "support/world.hpp"

TEST_SUITE_BEGIN("coro");

using namespace std::chrono_literals;
using Numbers = coro::Channel<int>;

namespace {

coro::Task<> push_up_to(Numbers& numbers, int count, std::size_t& fullest) {
  for (int i = 0; i < count; ++i) {
    co_await numbers.push(i);
    fullest = std::max(fullest, numbers.size());
  }
  numbers.close();
}

coro::Task<> pop_all(Numbers& numbers, std::vector<int>& got) {
  while (const std::optional<int> number = co_await numbers.pop()) got.push_back(*number);
}

coro::Task<> through(coro::Nursery& nursery, Numbers& numbers, int count, std::vector<int>& got,
                     std::size_t& fullest) {
  nursery.spawn(push_up_to(numbers, count, fullest));
  nursery.spawn(pop_all(numbers, got));
  co_return;
}

coro::Task<> pop_until_stopped(Numbers& numbers, std::stop_token stop, bool& got_one) {
  const std::optional<int> number = co_await numbers.pop(stop);
  got_one = number.has_value();
}

coro::Task<> pop_nothing(coro::Nursery& nursery, World& world, Numbers& numbers, bool& got_one) {
  nursery.spawn(pop_until_stopped(numbers, nursery.stop_token(), got_one));
  co_await world.clock.sleep(1s);
  nursery.request_stop();
}

coro::Task<> push_into_closed(Numbers& numbers, bool& went_in) {
  numbers.close();
  went_in = co_await numbers.push(1);
}

}  // namespace

TEST_CASE("what goes into a channel comes out in order, and no more than its capacity is in it") {
  World world;
  Numbers numbers(world.ready, 3);
  std::vector<int> got;
  std::size_t fullest = 0;
  world.run(coro::with_nursery(world.ready, {}, through, std::ref(numbers), 1000, std::ref(got),
                               std::ref(fullest)));
  CHECK(got.size() == 1000);
  CHECK(std::is_sorted(got.begin(), got.end()));
  CHECK(fullest == 3);
}

TEST_CASE("a closed channel takes nothing more") {
  World world;
  Numbers numbers(world.ready, 3);
  bool went_in = true;
  world.run(push_into_closed(numbers, went_in));
  CHECK_FALSE(went_in);
}

TEST_CASE("who waits at an empty channel can be told to stop") {
  World world;
  Numbers numbers(world.ready, 3);
  bool got_one = true;
  world.run(coro::with_nursery(world.ready, {}, pop_nothing, std::ref(world), std::ref(numbers),
                               std::ref(got_one)));
  CHECK_FALSE(got_one);
}

TEST_SUITE_END();
