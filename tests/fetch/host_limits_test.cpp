#include "fetch/host_limits.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "coro/nursery.hpp"
#include "support/world.hpp"

TEST_SUITE_BEGIN("fetch");

using namespace std::chrono_literals;
using Limits = fetch::HostLimits::Limits;

namespace {

/// Requests of a second each, in the order in which they began.
struct Network {
  Network(World& its_world, Limits limits)
      : world(its_world), hosts(its_world.ready, its_world.clock, limits) {}

  World& world;
  fetch::HostLimits hosts;
  std::string asked;  ///< the first letter of each host
  std::vector<base::Duration> at;
  int in_all = 0;
  int most_in_all = 0;
  std::map<std::string, int> of_host;
  std::map<std::string, int> most_of_host;
};

Limits at_once(std::size_t count) {
  Limits limits;
  limits.at_once = count;
  return limits;
}

Limits per_host(std::size_t in_all, std::size_t of_one) {
  Limits limits = at_once(in_all);
  limits.per_host = of_one;
  return limits;
}

coro::Task<> ask(Network& network, std::string host, fetch::Turn turn, std::stop_token stop) {
  fetch::Turn mine = std::move(turn);
  const bool may_ask = co_await network.hosts.admit(mine, host, stop);
  if (!may_ask) co_return;
  network.asked += host.front();
  network.at.push_back(network.world.clock.now().time_since_epoch());
  network.most_in_all = std::max(network.most_in_all, ++network.in_all);
  int& of_host = network.of_host[host];
  int& most = network.most_of_host[host];
  most = std::max(most, ++of_host);
  co_await network.world.clock.sleep(1s, stop);
  --of_host;
  --network.in_all;
}

/// Reads a list of hosts, one letter each, as far as it may.
coro::Task<> ask_all(coro::Nursery& nursery, Network& network, std::string hosts, int& read) {
  for (const char host : hosts) {
    std::optional<fetch::Turn> turn = co_await network.hosts.take(nursery.stop_token());
    if (!turn) co_return;
    ++read;
    nursery.spawn(ask(network, std::string(1, host), std::move(*turn), nursery.stop_token()));
  }
}

int fetch_list(World& world, Network& network, std::string hosts) {
  int read = 0;
  world.run(coro::with_nursery(world.ready, std::stop_token(), ask_all, std::ref(network),
                               std::move(hosts), std::ref(read)));
  return read;
}

coro::Task<> stop_soon(coro::Nursery& nursery, Network& network) {
  for (int i = 0; i < 5; ++i) nursery.spawn(ask(network, "a", fetch::Turn(), nursery.stop_token()));
  co_await network.world.clock.sleep(100ms);
  nursery.request_stop();
}

coro::Task<> look_how_far_it_reads(coro::Nursery& nursery, Network& network, int& read) {
  nursery.spawn(coro::with_nursery(network.world.ready, nursery.stop_token(), ask_all,
                                   std::ref(network), std::string("aaaaaaaaaa"), std::ref(read)));
  co_await network.world.clock.sleep(500ms);
  nursery.request_stop();
}

coro::Task<> lower_while_it_runs(coro::Nursery& nursery, Network& network) {
  int read = 0;
  nursery.spawn(coro::with_nursery(network.world.ready, nursery.stop_token(), ask_all,
                                   std::ref(network), std::string(12, 'a'), std::ref(read)));
  co_await network.world.clock.sleep(500ms);
  network.hosts.lower();
  network.hosts.lower();
  co_await nursery.join();
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("no more requests at once than allowed, and as many as allowed") {
  World world;
  Network network(world, at_once(3));
  CHECK(fetch_list(world, network, "aabbaabbaa") == 10);
  CHECK(network.asked == "aabbaabbaa");
  CHECK(network.most_in_all == 3);
  CHECK(network.at.back() == 3s);
}

TEST_CASE("a limit that is lowered holds from then on, and one request is always allowed") {
  World world;
  Network network(world, at_once(4));
  world.run(
      coro::with_nursery(world.ready, std::stop_token(), lower_while_it_runs, std::ref(network)));
  CHECK(network.asked == "aaaaaaaaaaaa");
  // 4, of which two are not replaced, then 2 at once.
  CHECK(network.at[5] == 1s);
  CHECK(network.at[6] == 2s);
  CHECK(network.hosts.free() == 2);
  for (int i = 0; i < 9; ++i) network.hosts.lower();
  CHECK(network.hosts.free() == 1);
}

TEST_CASE("a list is read no further than there are turns") {
  World world;
  Network network(world, at_once(3));
  int read = 0;
  world.run(coro::with_nursery(world.ready, std::stop_token(), look_how_far_it_reads,
                               std::ref(network), std::ref(read)));
  CHECK(read == 3);
  CHECK(network.hosts.free() == 3);
}

TEST_CASE("one host cannot hold all turns when each has its limit") {
  World world;
  Network network(world, per_host(4, 2));
  fetch_list(world, network, "aaaaaaaaaabc");
  CHECK(network.asked.substr(0, 4) == "aabc");
  CHECK(network.most_of_host["a"] == 2);
  CHECK(network.most_in_all == 4);
  CHECK(network.at.back() == 4s);
}

TEST_CASE("hosts that wait take turns, and the lines of one host keep their order") {
  World world;
  Network network(world, per_host(2, 1));
  for (const char* const host : {"a", "b", "c"})
    network.hosts.pause(host, world.clock.now() + 1min);
  fetch_list(world, network, "aaaabbbbcc");
  CHECK(network.asked == "abcabcabab");
}

TEST_CASE("a host gets so many new requests per second") {
  World world;
  Limits limits = at_once(10);
  limits.per_second = 4;
  Network network(world, limits);
  fetch_list(world, network, "aaaaab");
  CHECK(network.asked == "abaaaa");
  const std::vector<base::Duration> expected = {0ms, 0ms, 250ms, 500ms, 750ms, 1000ms};
  CHECK(network.at == expected);
}

TEST_CASE("a host that wants to be left alone is left alone, and others are asked") {
  World world;
  Network network(world, at_once(2));
  network.hosts.pause("a", world.clock.now() + 1min);
  fetch_list(world, network, repeated("a", 20) + "bcb");
  CHECK(network.asked.substr(0, 3) == "bcb");
  CHECK(network.at[3] == 1min);
  CHECK(network.asked.size() == 23);
}

TEST_CASE("a pause that is longer than the first counts") {
  World world;
  Network network(world, at_once(1));
  network.hosts.pause("a", world.clock.now() + 1s);
  network.hosts.pause("a", world.clock.now() + 3s);
  network.hosts.pause("a", world.clock.now() + 2s);
  fetch_list(world, network, "a");
  CHECK(network.at.front() == 3s);
}

TEST_CASE("who is stopped while he waits takes nothing with him") {
  World world;
  Network network(world, per_host(4, 1));
  world.run(coro::with_nursery(world.ready, std::stop_token(), stop_soon, std::ref(network)));
  CHECK(network.asked == "a");
  CHECK(network.hosts.free() == 4);
  CHECK(network.hosts.hosts() == 0);
}

TEST_CASE("hosts that nobody asks any more are forgotten") {
  World world;
  Limits limits = per_host(3, 1);
  limits.per_second = 100;
  Network network(world, limits);
  fetch_list(world, network, "abcdefghij");
  while (world.clock.jump_to_earliest()) continue;
  CHECK(network.hosts.hosts() == 0);
  CHECK(network.hosts.free() == 3);
}

TEST_SUITE_END();
