#include "http/connections.hpp"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "coro/task.hpp"
#include "loop/clock.hpp"
#include "loop/descriptor_watch.hpp"
#include "loop/loop.hpp"

TEST_SUITE_BEGIN("http");

using namespace std::chrono_literals;

TEST_CASE("a socket is watched whose number an earlier one had that was closed on the quiet") {
  loop::Loop loop;
  loop::LoopClock clock(loop);
  int reported = CURL_SOCKET_BAD;
  loop::DescriptorWatch watch(loop, [&](int socket, loop::Readiness) { reported = socket; });
  http::Connections connections(watch, 10);
  curl_sockaddr address = {};
  address.family = AF_INET;
  address.socktype = SOCK_STREAM;

  loop::Readiness writable;
  writable.writable = true;
  const curl_socket_t first = connections.open(address);
  watch.watch(first, writable);
  watch.forget(first);
  close(first);

  const curl_socket_t second = connections.open(address);
  REQUIRE(second == first);
  watch.watch(second, writable);
  static constexpr auto story = [](loop::Clock& time, int& seen) -> coro::Task<> {
    for (int turns = 0; turns < 5000 && seen == CURL_SOCKET_BAD; ++turns) co_await time.sleep(1ms);
  };
  loop.run(story(clock, reported));
  CHECK(reported == second);
  connections.close(second);
}

TEST_SUITE_END();
