#include "http/resolver.hpp"

#include <doctest/doctest.h>
#include <netdb.h>

#include <memory>
#include <string>
#include <vector>

#include "coro/ready_queue.hpp"
#include "http/endpoint.hpp"
#include "http/look_up.hpp"
#include "support/fake_clock.hpp"

TEST_SUITE_BEGIN("http");

using namespace std::chrono_literals;

namespace {

/// A resolver, and the names whose look-up it has begun.
struct Names {
  coro::ReadyQueue ready;
  FakeClock clock{ready};
  std::vector<std::string> begun;
  http::Resolver resolver{clock, [this](const std::string& name) { begun.push_back(name); }};
};

/// A question, and whether its answer was told.
struct Asked {
  bool is_told = false;
  http::Resolver::Question question;

  Asked(Names& names, const std::string& name)
      : question(names.resolver, name, [this] { is_told = true; }) {}

  std::string addresses() const {
    REQUIRE(question.answer());
    REQUIRE(*question.answer());
    return **question.answer();
  }
};

http::Resolver::Answer failed(int number) {
  return http::resolve_failure(number, "name");
}

}  // namespace

TEST_CASE("a name is looked up once for all who ask, and then remembered") {
  Names names;
  const Asked one(names, "a");
  const Asked two(names, "a");
  CHECK(names.begun == std::vector<std::string>{"a"});
  CHECK(!one.question.answer());
  names.resolver.answer("a", std::string("192.0.2.1"));
  CHECK(one.is_told);
  CHECK(two.is_told);
  CHECK(two.addresses() == "192.0.2.1");

  const Asked later(names, "a");
  CHECK(later.addresses() == "192.0.2.1");
  CHECK(names.begun.size() == 1);
}

TEST_CASE("an answer is forgotten after its life") {
  Names names;
  const Asked first(names, "a");
  names.resolver.answer("a", std::string("192.0.2.1"));
  names.clock.pass(http::Resolver::life);
  const Asked second(names, "a");
  CHECK(!second.question.answer());
  CHECK(names.begun.size() == 2);
}

TEST_CASE("that a name does not exist is remembered, a failure that may pass is not") {
  struct Row {
    int number;
    std::size_t look_ups;
  };
  for (const Row& row : {Row{EAI_NONAME, 1}, Row{EAI_NODATA, 1}, Row{EAI_AGAIN, 2}}) {
    CAPTURE(row.number);
    Names names;
    const Asked first(names, "a");
    names.resolver.answer("a", failed(row.number));
    REQUIRE(first.question.answer());
    CHECK(first.question.answer()->error().code() == row.number);
    const Asked second(names, "a");
    CHECK(names.begun.size() == row.look_ups);
  }
}

TEST_CASE("names beyond those that are looked up at once wait for their turn") {
  Names names;
  std::vector<std::unique_ptr<Asked>> asked;
  for (std::size_t i = 0; i < http::Resolver::most_at_once; ++i)
    asked.push_back(std::make_unique<Asked>(names, std::to_string(i)));
  const Asked waiting(names, "waiting");
  auto given_up = std::make_unique<Asked>(names, "given up");
  const Asked last(names, "last");
  CHECK(names.begun.size() == http::Resolver::most_at_once);
  CHECK(!waiting.question.began_at());

  given_up.reset();
  names.clock.pass(1s);
  names.resolver.answer("0", std::string("192.0.2.1"));
  CHECK(names.begun.back() == "waiting");
  CHECK(waiting.question.began_at() == names.clock.now());
  names.resolver.answer("1", failed(EAI_AGAIN));
  CHECK(names.begun.back() == "last");
}

TEST_CASE("who joins a look-up late has waited since then") {
  Names names;
  const Asked first(names, "a");
  const base::Time began_at = names.clock.now();
  names.clock.pass(5s);
  const Asked second(names, "a");
  CHECK(first.question.began_at() == began_at);
  CHECK(second.question.began_at() == names.clock.now());
}

TEST_CASE("an answer reaches nobody who has taken the question back, and is remembered") {
  Names names;
  auto asked = std::make_unique<Asked>(names, "a");
  asked.reset();
  names.resolver.answer("a", std::string("192.0.2.1"));
  const Asked later(names, "a");
  CHECK(later.addresses() == "192.0.2.1");
}

TEST_CASE("who is told may take back the question of another") {
  Names names;
  std::unique_ptr<Asked> other;
  bool is_told = false;
  const http::Resolver::Question first(names.resolver, "a", [&] {
    is_told = true;
    other.reset();
  });
  other = std::make_unique<Asked>(names, "a");
  names.resolver.answer("a", failed(EAI_AGAIN));
  CHECK(is_told);
  CHECK(names.resolver.names() == 0);
}

TEST_CASE("a look-up that cannot begin is answered within the question") {
  Names names;
  http::Resolver* resolver = nullptr;
  http::Resolver fails(names.clock,
                       [&](const std::string& name) { resolver->answer(name, failed(EAI_AGAIN)); });
  resolver = &fails;
  bool is_told = false;
  const http::Resolver::Question question(fails, "a", [&] { is_told = true; });
  REQUIRE(question.answer());
  CHECK(!is_told);
}

TEST_CASE("answers do not pile up") {
  Names names;
  for (std::size_t i = 0; i < http::Resolver::most_remembered + 100; ++i) {
    const Asked asked(names, std::to_string(i));
    names.resolver.answer(std::to_string(i), std::string("192.0.2.1"));
  }
  CHECK(names.resolver.names() <= http::Resolver::most_remembered + 1);
}

TEST_CASE("what is no name is an address, or localhost") {
  for (const char* host : {"127.0.0.1", "[::1]", "localhost", "a.localhost"}) {
    CAPTURE(host);
    CHECK(!http::needs_look_up(host));
  }
  for (const char* host : {"example.com", "1.2.3.4.example", "localhost.example", "mylocalhost"}) {
    CAPTURE(host);
    CHECK(http::needs_look_up(host));
  }
}

TEST_CASE("the system resolves an address to itself") {
  const base::Result<std::string> four = http::look_up("127.0.0.1");
  const base::Result<std::string> six = http::look_up("::1");
  REQUIRE(four);
  REQUIRE(six);
  CHECK(*four == "127.0.0.1");
  CHECK(*six == "[::1]");
}

TEST_SUITE_END();
