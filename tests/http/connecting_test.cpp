#include "http/connecting.hpp"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <string>

#include "loop/descriptor_watch.hpp"
#include "loop/loop.hpp"
#include "support/fake_clock.hpp"
#include "support/full_server.hpp"

TEST_SUITE_BEGIN("http");

using namespace std::chrono_literals;

TEST_CASE("a connection is overlooked though another address of the host has refused") {
  FullServer server;
  loop::Loop loop;
  FakeClock clock(loop.ready());
  loop::DescriptorWatch watch(loop, [](int, loop::Readiness) {});
  http::Connections connections(watch, 10);
  http::ConnectTimes times;
  bool is_overlooked = false;
  http::Connecting connecting(clock, connections, times, [&] { is_overlooked = true; });

  curl_sockaddr address = {};
  address.family = AF_INET;
  address.socktype = SOCK_STREAM;
  address.addrlen = sizeof(sockaddr_in);
  std::memcpy(&address.addr, &server.address(), sizeof(sockaddr_in));
  times.note("127.0.0.1 " + server.url().substr(server.url().rfind(':') + 1), 1ms);

  server.fill();
  const base::FileDescriptor waiting(connecting.open(address));
  server.connect_with(waiting);
  REQUIRE(http::tcp_state(waiting.number()) == TCP_SYN_SENT);
  const base::FileDescriptor refused(connecting.open(address));

  clock.pass(99ms);
  CHECK_FALSE(is_overlooked);
  clock.pass(101ms);
  CHECK(is_overlooked);
}

TEST_SUITE_END();
