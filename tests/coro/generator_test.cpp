#include "coro/generator.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

TEST_SUITE_BEGIN("coro");

namespace {

using Averager = coro::Generator<double, double, int>;

/// Gives the average so far for each number that is sent, and at its close how many there were.
Averager running_average() {
  double sum = 0;
  int count = 0;
  try {
    for (;;) {
      const double average = count == 0 ? 0.0 : sum / count;
      const std::optional<double> number = co_yield average;
      if (!number) continue;
      sum += *number;
      ++count;
    }
  } catch (const coro::GeneratorExit&) {
  }
  co_return count;
}

using Words = coro::Generator<std::string, std::string, int>;

Words two_words() {
  co_yield "one";
  co_yield "two";
  co_return 2;
}

Words echo_errors() {
  std::string said = "ready";
  for (;;) {
    try {
      co_yield said;
    } catch (const std::runtime_error& error) {
      said = error.what();
    }
  }
}

Words never_gives_up() {
  for (;;) {
    try {
      co_yield "still here";
    } catch (const coro::GeneratorExit&) {
    }
  }
}

}  // namespace

TEST_CASE("each number that is sent is answered") {
  Averager averager = running_average();
  CHECK(averager.next() == 0.0);
  CHECK(averager.send(2.0) == 2.0);
  CHECK(averager.send(4.0) == 3.0);
  CHECK(averager.next() == 3.0);
}

TEST_CASE("closing a generator gives what it returns") {
  Averager averager = running_average();
  averager.next();
  averager.send(1.0);
  CHECK(averager.close() == 1);
  CHECK(averager.is_done());
}

TEST_CASE("a generator that has ended yields nothing more") {
  Words words = two_words();
  CHECK(words.next() == "one");
  CHECK(words.next() == "two");
  CHECK(words.next() == std::nullopt);
  CHECK(words.result() == 2);
  CHECK(words.next() == std::nullopt);
  CHECK(words.close() == std::nullopt);
}

TEST_CASE("an exception that is thrown in can be caught inside, and comes out otherwise") {
  const auto thrown = std::make_exception_ptr(std::runtime_error("thrown in"));
  Words catches = echo_errors();
  catches.next();
  CHECK(catches.throw_in(thrown) == "thrown in");
  Words lets_pass = two_words();
  lets_pass.next();
  CHECK_THROWS_WITH(lets_pass.throw_in(thrown), "thrown in");
  CHECK(lets_pass.is_done());
}

TEST_CASE("closing a generator that does not catch ends it without a result") {
  Words words = two_words();
  words.next();
  CHECK(words.close() == std::nullopt);
  CHECK(words.is_done());
}

TEST_CASE("closing a generator that never began runs none of it") {
  Words words = never_gives_up();
  CHECK(words.close() == std::nullopt);
  CHECK(words.is_done());
}

TEST_CASE("a generator that goes on after its close is an error") {
  Words words = never_gives_up();
  words.next();
  CHECK_THROWS_AS(words.close(), std::logic_error);
}

TEST_CASE("sending before the first yield is an error") {
  Averager averager = running_average();
  CHECK_THROWS_AS(averager.send(1.0), std::logic_error);
}

TEST_SUITE_END();
