#include "coro/task.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "coro/nursery.hpp"
#include "coro/wait_list.hpp"
#include "support/world.hpp"

TEST_SUITE_BEGIN("coro");

namespace {

coro::Task<int> seven() {
  co_return 7;
}

coro::Task<int> fails() {
  throw std::runtime_error("broken");
  co_return 0;
}

coro::Task<> mark(bool& mark) {
  mark = true;
  co_return;
}

coro::Task<> sum_many(int count, long& sum) {
  for (int i = 0; i < count; ++i) sum += co_await seven();
}

coro::Task<> ask_for(std::string& said) {
  try {
    co_await fails();
  } catch (const std::runtime_error& error) {
    said = error.what();
  }
}

coro::Task<> say_twice(coro::ReadyQueue& ready, std::string word, std::string& said) {
  said += word;
  co_await ready.yield();
  said += word;
}

coro::Task<> take_turns(coro::Nursery& nursery, coro::ReadyQueue& ready, std::string& said) {
  nursery.spawn(say_twice(ready, "a", said));
  nursery.spawn(say_twice(ready, "b", said));
  co_return;
}

}  // namespace

TEST_CASE("a task does nothing before it is awaited") {
  bool has_begun = false;
  {
    const coro::Task<> never_awaited = mark(has_begun);
  }
  CHECK_FALSE(has_begun);
}

TEST_CASE("an exception of a task comes out where it is awaited") {
  World world;
  std::string said;
  world.run(ask_for(said));
  CHECK(said == "broken");
}

TEST_CASE("200,000 tasks that end at once do not deepen the stack") {
  World world;
  long sum = 0;
  world.run(sum_many(200'000, sum));
  CHECK(sum == 1'400'000);
}

TEST_CASE("who yields goes on after the others") {
  World world;
  std::string said;
  world.run(coro::with_nursery(world.ready, std::stop_token(), take_turns, std::ref(world.ready),
                               std::ref(said)));
  CHECK(said == "abab");
}

TEST_CASE("a result that can only be moved is moved") {
  World world;
  static constexpr auto make = []() -> coro::Task<std::unique_ptr<int>> {
    co_return std::make_unique<int>(5);
  };
  static constexpr auto story = [](int& got) -> coro::Task<> { got = *co_await make(); };
  int got = 0;
  world.run(story(got));
  CHECK(got == 5);
}

TEST_SUITE_END();
