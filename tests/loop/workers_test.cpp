#include "loop/workers.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>

#include "coro/wait_list.hpp"

TEST_SUITE_BEGIN("loop");

namespace {

coro::Task<> wait_for(coro::WaitList& list) {
  co_await list.wait();
}

}  // namespace

TEST_CASE("calls that wait for each other run side by side, and end on the loop") {
  loop::Loop loop;
  coro::WaitList all_ended(loop.ready());
  std::atomic<int> begun = 0;
  int ended = 0;
  loop::Workers workers(loop);
  const auto call = [&]() -> std::function<void()> {
    ++begun;
    while (begun < 3) std::this_thread::yield();
    return [&] {
      if (++ended == 3) all_ended.wake_all();
    };
  };
  for (int i = 0; i < 3; ++i) REQUIRE(workers.start(call));
  loop.run(wait_for(all_ended));
  CHECK(ended == 3);
}

TEST_CASE("the end does not wait for a call that blocks, and drops what it gives") {
  const auto has_begun = std::make_shared<std::promise<void>>();
  const auto release = std::make_shared<std::promise<void>>();
  const auto calls_back = std::make_shared<std::atomic<bool>>(false);
  const auto has_returned = std::make_shared<std::promise<void>>();
  {
    loop::Loop loop;
    loop::Workers workers(loop);
    workers.start([=]() -> std::function<void()> {
      has_begun->set_value();
      release->get_future().wait();
      has_returned->set_value();
      return [=] { *calls_back = true; };
    });
    has_begun->get_future().wait();
  }
  release->set_value();
  has_returned->get_future().wait();
  CHECK(!*calls_back);
}

TEST_SUITE_END();
