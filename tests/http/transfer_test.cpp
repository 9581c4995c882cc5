#include "http/transfer.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <future>
#include <set>
#include <string>

#include "coro/nursery.hpp"
#include "coro/semaphore.hpp"
#include "loop/clock.hpp"
#include "support/fake_clock.hpp"
#include "support/full_server.hpp"
#include "support/origin.hpp"

TEST_SUITE_BEGIN("http");

using namespace std::chrono_literals;

namespace {

/// A loop, a clock and a multi handle.
class Client {
 public:
  explicit Client(http::Settings settings = quick())
      : clock(loop), multi(loop, clock, std::move(settings)) {}

  /// Limits that a test does not wait for.
  static http::Settings quick() {
    http::Settings settings;
    settings.connections = 100;
    return settings;
  }

  loop::Loop loop;
  loop::LoopClock clock;
  http::Multi multi;
};

/// The same with a clock that goes as the test says, and one beside it to wait by.
class TimedClient {
 public:
  explicit TimedClient(http::Settings settings)
      : real_clock(loop), clock(loop.ready()), multi(loop, clock, std::move(settings)) {}

  loop::Loop loop;
  loop::LoopClock real_clock;
  FakeClock clock;
  http::Multi multi;
};

struct Answer {
  base::Result<http::Head> head = base::Failure(base::Kind::bad_url, 0, "not asked");
  std::string body;
  std::optional<base::Failure> failure;
};

coro::Task<> take_body(http::Transfer& transfer, Answer& answer) {
  for (;;) {
    const base::Result<http::Piece> piece = co_await transfer.next_piece();
    if (!piece) {
      answer.failure = piece.error();
      co_return;
    }
    answer.body += piece->bytes;
    if (piece->is_last) co_return;
  }
}

coro::Task<> get_into(http::Multi& multi, std::string text, std::stop_token stop, Answer& answer) {
  const base::Result<http::Url> url = http::Url::parse(text);
  http::Transfer transfer(multi, *url, {}, stop);
  answer.head = co_await transfer.head();
  if (!answer.head) {
    answer.failure = answer.head.error();
    co_return;
  }
  co_await take_body(transfer, answer);
}

Answer get(Client& client, const std::string& url) {
  Answer answer;
  client.loop.run(get_into(client.multi, url, std::stop_token(), answer));
  return answer;
}

base::Kind kind_of_failure(const Answer& answer) {
  REQUIRE(answer.failure);
  return answer.failure->kind();
}

coro::Task<> get_and_count(http::Multi& multi, std::string url, coro::Permit permit, int& ended) {
  const coro::Permit mine = std::move(permit);
  Answer answer;
  co_await get_into(multi, url, std::stop_token(), answer);
  ++ended;
}

coro::Task<> get_many(coro::Nursery& nursery, http::Multi& multi, coro::Semaphore& permits,
                      std::string url, int times, int& ended) {
  for (int i = 0; i < times; ++i) {
    std::optional<coro::Permit> permit = co_await permits.acquire();
    nursery.spawn(get_and_count(multi, url, std::move(*permit), ended));
  }
}

/// `times` requests, `at_once` of them at a time; gives how many ended.
int get_many_times(Client& client, const std::string& url, int times, std::size_t at_once) {
  coro::Semaphore permits(client.loop.ready(), at_once);
  int ended = 0;
  client.loop.run(coro::with_nursery(client.loop.ready(), {}, get_many, std::ref(client.multi),
                                     std::ref(permits), url, times, std::ref(ended)));
  return ended;
}

coro::Task<> get_and_stop(coro::Nursery& nursery, Client& client, std::string url, Answer& answer) {
  nursery.spawn(get_into(client.multi, url, nursery.stop_token(), answer));
  co_await client.clock.sleep(5ms);
  nursery.request_stop();
}

long open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

void stay_silent(Peer& peer) {
  peer.wait_until_closed();
}

}  // namespace

TEST_CASE("a response comes with its head and its whole body") {
  const std::string body(1'000'000, 'b');
  const Origin origin([&](Peer& peer) {
    peer.read_request();
    peer.send_file(body);
  });
  Client client;
  const Answer answer = get(client, origin.url());
  REQUIRE(answer.head);
  CHECK(answer.head->status == 200);
  CHECK(answer.head->length == 1'000'000);
  CHECK((answer.body == body));
}

TEST_CASE("one connection serves request after request") {
  const Origin origin(answering(
      [](const std::string&) { return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"; }));
  Client client;
  for (int i = 0; i < 10; ++i) CHECK(get(client, origin.url()).body == "ok");
  CHECK(origin.connections() == 1);
}

TEST_CASE("bodies that end too early are truncated") {
  std::string response;
  SUBCASE("length") {
    response = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort";
  }
  SUBCASE("chunks") {
    response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n";
  }
  CAPTURE(response);
  const Origin origin([&](Peer& peer) {
    peer.read_request();
    peer.send(response);
  });
  Client client;
  CHECK(kind_of_failure(get(client, origin.url())) == base::Kind::truncated);
}

TEST_CASE("row 103: the last transfer is reaped when it ends by a timeout") {
  const Origin origin(stay_silent);
  http::Settings settings = Client::quick();
  SUBCASE("of our clock: no byte comes") {
    settings.stall_timeout = 20ms;
    Client client(settings);
    CHECK(kind_of_failure(get(client, origin.url())) == base::Kind::timeout);
  }
  SUBCASE("of our clock: it takes too long") {
    settings.max_time = 20ms;
    Client client(settings);
    const Answer answer = get(client, origin.url());
    CHECK(kind_of_failure(answer) == base::Kind::timeout);
    CHECK(answer.failure->words() == "not complete after 0.02 s");
  }
  SUBCASE("of libcurl: a TLS handshake that nobody answers") {
    settings.connect_timeout = 20ms;
    Client client(settings);
    const std::string url = "https" + origin.url().substr(4);
    CHECK(kind_of_failure(get(client, url)) == base::Kind::timeout);
  }
}

TEST_CASE("only silence is a stall, however long it takes in all") {
  std::array<std::promise<void>, 2> may_go_on;
  const Origin origin([&](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nfour");
    for (std::promise<void>& each : may_go_on) {
      each.get_future().wait();
      peer.send("more");
    }
    peer.wait_until_closed();
  });
  TimedClient timed(Client::quick());
  static constexpr auto story = [](TimedClient& client, std::array<std::promise<void>, 2>& may,
                                   std::string url) -> coro::Task<> {
    const base::Result<http::Url> parsed = http::Url::parse(url);
    http::Transfer transfer(client.multi, *parsed, {}, std::stop_token());
    base::Bytes to_come = 4;
    for (std::promise<void>& each : may) {
      while (transfer.received() < to_come) co_await client.real_clock.sleep(1ms);
      client.clock.pass(20s);
      client.clock.pass(1ms);
      each.set_value();
      to_come += 4;
    }
    Answer answer;
    co_await take_body(transfer, answer);
    CHECK(answer.body == "fourmoremore");
  };
  timed.loop.run(story(timed, may_go_on, origin.url()));
}

TEST_CASE("rows 57 and 58: silence ends a transfer when the stall timeout is over, not before") {
  std::string beginning;
  SUBCASE("nothing came") {}
  SUBCASE("half of a body came") {
    beginning = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfour";
  }
  std::promise<void> has_asked;
  const Origin origin([&](Peer& peer) {
    peer.read_request();
    peer.send(beginning);
    has_asked.set_value();
    peer.wait_until_closed();
  });
  TimedClient timed(Client::quick());
  static constexpr auto story = [](TimedClient& client, std::future<void> asked,
                                   base::Bytes to_come, std::string url) -> coro::Task<> {
    const base::Result<http::Url> parsed = http::Url::parse(url);
    http::Transfer transfer(client.multi, *parsed, {}, std::stop_token());
    while (asked.wait_for(0s) != std::future_status::ready || transfer.received() < to_come)
      co_await client.real_clock.sleep(1ms);
    client.clock.pass(30s - 2ms);
    client.clock.pass(1ms);
    CHECK(client.multi.running().size() == 1);
    client.clock.pass(1ms);
    CHECK(client.multi.running().size() == 1);  // what has come meanwhile is looked at first
    client.clock.pass(1ms);
    CHECK(client.multi.running().empty());
    Answer answer;
    co_await take_body(transfer, answer);
    CHECK(kind_of_failure(answer) == base::Kind::timeout);
  };
  const base::Bytes to_come = beginning.empty() ? 0 : 4;
  timed.loop.run(story(timed, has_asked.get_future(), to_come, origin.url()));
}

TEST_CASE("row 62: who was stopped for long reads first what came meanwhile") {
  std::promise<void> may_send_the_rest;
  std::promise<void> has_sent;
  const Origin origin([&](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfour");
    may_send_the_rest.get_future().wait();
    peer.send("more");
    has_sent.set_value();
    peer.wait_until_closed();
  });
  TimedClient timed(Client::quick());
  static constexpr auto story = [](TimedClient& client, std::promise<void>& may_send,
                                   std::promise<void>& sent, std::string url) -> coro::Task<> {
    const base::Result<http::Url> parsed = http::Url::parse(url);
    http::Transfer transfer(client.multi, *parsed, {}, std::stop_token());
    while (transfer.received() < 4) co_await client.real_clock.sleep(1ms);
    may_send.set_value();
    sent.get_future().wait();  // the loop does not turn meanwhile
    client.clock.pass(60s);
    while (transfer.received() < 8 && !client.multi.running().empty())
      co_await client.real_clock.sleep(1ms);
    client.clock.pass(1ms);
    Answer answer;
    co_await take_body(transfer, answer);
    CHECK_FALSE(answer.failure);
  };
  timed.loop.run(story(timed, may_send_the_rest, has_sent, origin.url()));
}

TEST_CASE("a server that has room answers a connection, and one that is full does not") {
  FullServer server;
  const auto connected = [&server] {
    base::FileDescriptor client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    server.connect_with(client);
    return client;
  };
  const base::FileDescriptor answered = connected();
  CHECK(http::tcp_state(answered.number()) == TCP_ESTABLISHED);
  server.fill();
  const base::FileDescriptor overlooked = connected();
  CHECK(http::tcp_state(overlooked.number()) == TCP_SYN_SENT);
  CHECK(http::tcp_state(CURL_SOCKET_BAD) == 0);
}

TEST_CASE("a connection that a full server overlooks is made anew") {
  FullServer server;
  TimedClient timed(Client::quick());
  static constexpr auto story = [](TimedClient& client, FullServer& full) -> coro::Task<> {
    Answer first;
    const auto serve = [&full] { full.serve_one(); };
    std::future<void> served = std::async(std::launch::async, serve);
    co_await get_into(client.multi, full.url(), std::stop_token(), first);
    CHECK(first.body == "ok");
    served.wait();

    full.fill();
    const base::Result<http::Url> parsed = http::Url::parse(full.url());
    http::Transfer transfer(client.multi, *parsed, {}, std::stop_token());
    std::set<int> overlooked;
    while (overlooked.empty()) {
      co_await client.real_clock.sleep(1ms);
      overlooked = full.waiting_ports();
    }
    client.clock.pass(1600ms);
    std::set<int> anew = overlooked;
    for (int turns = 0; turns < 5000 && anew == overlooked; ++turns) {
      co_await client.real_clock.sleep(1ms);
      anew = full.waiting_ports();
    }
    CHECK(anew.size() == 1);
    REQUIRE(anew != overlooked);

    full.make_room();
    served = std::async(std::launch::async, serve);
    client.clock.pass(1600ms);
    Answer answer;
    co_await take_body(transfer, answer);
    CHECK(answer.body == "ok");
    served.wait();
    CHECK(transfer.timing().connect >= 1600ms);
  };
  timed.loop.run(story(timed, server));
}

TEST_CASE("the limit for connecting holds for all connections that are made anew together") {
  FullServer server;
  http::Settings settings = Client::quick();
  settings.connect_timeout = 1min;
  TimedClient timed(settings);
  Answer answer;
  static constexpr auto story = [](coro::Nursery& nursery, TimedClient& client, FullServer& full,
                                   Answer& its_answer) -> coro::Task<> {
    Answer first;
    std::future<void> served = std::async(std::launch::async, [&full] { full.serve_one(); });
    co_await get_into(client.multi, full.url(), std::stop_token(), first);
    served.wait();

    full.fill();
    nursery.spawn(get_into(client.multi, full.url(), nursery.stop_token(), its_answer));
    while (full.waiting_ports().empty()) co_await client.real_clock.sleep(1ms);
    client.clock.pass(1min);
    for (int turns = 0; turns < 2000 && !its_answer.failure; ++turns) {
      co_await client.real_clock.sleep(1ms);
      client.clock.pass(1s);
    }
    nursery.request_stop();
  };
  timed.loop.run(coro::with_nursery(timed.loop.ready(), {}, story, std::ref(timed),
                                    std::ref(server), std::ref(answer)));
  CHECK(kind_of_failure(answer) == base::Kind::timeout);
}

TEST_CASE("refused connections end, each with its failure") {
  Client client;
  const std::string url = fmt::format("http://127.0.0.1:{}/", refused_port());
  CHECK(kind_of_failure(get(client, url)) == base::Kind::connect);
  CHECK(get_many_times(client, url, 500, 50) == 500);
}

TEST_CASE("row 101: connections that are reset end, each with its failure") {
  const Origin origin([](Peer& peer) {
    peer.read_request();
    peer.reset();
  });
  Client client;
  CHECK(kind_of_failure(get(client, origin.url())) == base::Kind::connect);
  CHECK(get_many_times(client, origin.url(), 200, 20) == 200);
}

TEST_CASE("row 102: 10,000 short connections leave no descriptor open") {
  const Origin origin([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
  });
  Client client;
  get_many_times(client, origin.url(), 10, 10);
  const long before = open_descriptors();
  CHECK(get_many_times(client, origin.url(), 10'000, 20) == 10'000);
  // The origin's last sockets may still be closing: a leak would be thousands.
  CHECK(open_descriptors() <= before + 40);
}

TEST_CASE("a busy multi handle does not starve the clock") {
  const Origin origin(answering(
      [](const std::string&) { return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"; }));
  Client client;
  int rung = 0;
  loop::Clock::Alarm alarm(client.clock, [&rung] { ++rung; });
  alarm.set(client.clock.now() + 1ms);
  CHECK(get_many_times(client, origin.url(), 2000, 10) == 2000);
  CHECK(rung == 1);
}

TEST_CASE("a stop ends a transfer that waits") {
  const Origin origin(stay_silent);
  Client client;
  Answer answer;
  client.loop.run(coro::with_nursery(client.loop.ready(), {}, get_and_stop, std::ref(client),
                                     origin.url(), std::ref(answer)));
  CHECK(kind_of_failure(answer) == base::Kind::cancelled);
}

TEST_CASE("a transfer that is asked to stop before it begins makes no connection") {
  const Origin origin(stay_silent);
  Client client;
  std::stop_source stopped;
  stopped.request_stop();
  Answer answer;
  client.loop.run(get_into(client.multi, origin.url(), stopped.get_token(), answer));
  CHECK(kind_of_failure(answer) == base::Kind::cancelled);
  CHECK(origin.connections() == 0);
}

TEST_CASE("a body larger than allowed is given up") {
  http::Settings settings = Client::quick();
  settings.max_size = 100;
  Client client(settings);
  std::string head;
  SUBCASE("by its length") {
    head = "HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n";
  }
  SUBCASE("by what came") {
    head = "HTTP/1.1 200 OK\r\n\r\n";
  }
  const Origin origin([&](Peer& peer) {
    peer.read_request();
    peer.send(head + std::string(200, 'x'));
  });
  CHECK(kind_of_failure(get(client, origin.url())) == base::Kind::too_large);
}

TEST_CASE("row 105: a body that nobody takes yet rests in bounded memory, and comes whole") {
  const std::string body(20'000'000, 'b');
  const Origin origin([&](Peer& peer) {
    peer.read_request();
    peer.send_file(body);
  });
  http::Settings settings = Client::quick();
  settings.body_memory = base::MiB;
  TimedClient timed(settings);
  static constexpr auto story = [](TimedClient& client, std::string url,
                                   Answer& its_answer) -> coro::Task<> {
    const base::Result<http::Url> parsed = http::Url::parse(url);
    http::Transfer transfer(client.multi, *parsed, {}, std::stop_token());
    while (!client.multi.memory().is_full()) co_await client.real_clock.sleep(1ms);
    client.clock.pass(1h);
    co_await client.real_clock.sleep(5ms);
    CHECK(transfer.received() <= base::MiB + 64 * base::KiB);
    co_await take_body(transfer, its_answer);
  };
  Answer answer;
  timed.loop.run(story(timed, origin.url(), answer));
  CHECK(!answer.failure);
  CHECK((answer.body == body));
}

TEST_CASE("bytes come no faster than their rate, and to wait for that is no stall") {
  constexpr auto at_once = 64 * base::KiB;
  const std::string body(200'000, 'b');
  const Origin origin([&](Peer& peer) {
    peer.read_request();
    peer.send_file(body);
  });
  http::Settings settings = Client::quick();
  settings.bytes_per_second = 100;
  settings.stall_timeout = 30s;
  TimedClient timed(settings);
  static constexpr auto story = [](TimedClient& client, std::string url,
                                   Answer& its_answer) -> coro::Task<> {
    const base::Result<http::Url> parsed = http::Url::parse(url);
    http::Transfer transfer(client.multi, *parsed, {}, std::stop_token());
    const base::Time began_at = client.clock.now();
    while (transfer.received() < 200'000 && !client.multi.running().empty()) {
      co_await client.real_clock.sleep(1ms);
      const std::chrono::duration<double> elapsed = client.clock.now() - began_at;
      CHECK(static_cast<double>(transfer.received()) <= 100 * elapsed.count() + at_once);
      // While it waits for the server, time would be a stall.
      if (client.multi.is_resting()) client.clock.pass(20s);
    }
    co_await take_body(transfer, its_answer);
  };
  Answer answer;
  timed.loop.run(story(timed, origin.url(), answer));
  CHECK(!answer.failure);
  CHECK((answer.body == body));
}

TEST_CASE("a body that is not wanted leaves its connection usable") {
  const Origin origin(answering([](const std::string&) {
    return "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot found";
  }));
  Client client;
  static constexpr auto story = [](http::Multi& multi, std::string url) -> coro::Task<> {
    const base::Result<http::Url> parsed = http::Url::parse(url);
    http::Transfer transfer(multi, *parsed, {}, std::stop_token());
    const base::Result<http::Head> head = co_await transfer.head();
    CHECK(head->status == 404);
    co_await transfer.discard_body(100);
  };
  for (int i = 0; i < 3; ++i) client.loop.run(story(client.multi, origin.url()));
  CHECK(origin.connections() == 1);
}

TEST_SUITE_END();
