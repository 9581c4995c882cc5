#include "statistics/statistics.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "statistics/samples.hpp"
#include "statistics/tally.hpp"

TEST_SUITE_BEGIN("statistics");

using statistics::Answer;
using statistics::Answers;
using statistics::Collector;
using statistics::Message;
using statistics::Signal;
using statistics::Tally;

namespace {

std::vector<std::string> texts(Answers answers) {
  std::vector<std::string> lines;
  for (const Answer& answer : answers) lines.push_back(text(answer));
  return lines;
}

/// The answers to the last of some words, as the command line would give them.
std::vector<std::string> answers_to(std::initializer_list<std::string_view> words) {
  Collector collector;
  Answers answers;
  for (const std::string_view word : words)
    answers = collector.send(statistics::parse_message(word).value());
  return texts(answers);
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a number is answered by nothing, a signal by its value") {
  statistics::Conversation talk = statistics::converse();
  CHECK(talk.next()->empty());
  CHECK(talk.send(Message(1.0))->empty());
  CHECK(talk.send(Message(2.0))->empty());
  CHECK(texts(*talk.send(Message(Signal::mean))) == Lines{"mean 1.5"});
  CHECK(talk.send(Message(4.0))->empty());
  CHECK(texts(*talk.send(Message(Signal::max))) == Lines{"max 4"});
  CHECK(talk.next()->empty());
}

// By hand: 2, 4, 4, 4, 5, 5, 7, 9 have sum 40 and squares around 5 of 32.
TEST_CASE("all is answered by all eleven") {
  CHECK(answers_to({"2", "4", "4", "4", "5", "5", "7", "9", "all"}) ==
        Lines{"mean 5", "variance 4.571428571428571", "count 8", "stddev 2.138089935299395",
              "pvariance 4", "min 2", "max 9", "sum 40", "median 4.5", "p90 9", "p99 9"});
}

TEST_CASE("what is not defined is said to be so") {
  CHECK(answers_to({"all"}) == Lines{"mean undefined", "variance undefined", "count 0",
                                     "stddev undefined", "pvariance undefined", "min undefined",
                                     "max undefined", "sum 0", "median undefined", "p90 undefined",
                                     "p99 undefined"});
  CHECK(answers_to({"7", "variance"}) == Lines{"variance undefined"});
  CHECK(answers_to({"7", "stddev"}) == Lines{"stddev undefined"});
  CHECK(answers_to({"7", "pvariance"}) == Lines{"pvariance 0"});
}

TEST_CASE("an answer is the shortest text that reads back to the same double") {
  CHECK(answers_to({"0.1", "0.2", "sum"}) == Lines{"sum 0.30000000000000004"});
  CHECK(answers_to({"1e300", "max"}) == Lines{"max 1e+300"});
  CHECK(answers_to({"-4.9e-324", "min"}) == Lines{"min -5e-324"});
}

TEST_CASE("no answer is ever NaN") {
  const std::string largest = "1.7976931348623157e308";
  CHECK(answers_to({largest, "-" + largest, largest, "-" + largest, "mean"}) == Lines{"mean 0"});
  CHECK(answers_to({largest, "-" + largest, "variance"}) == Lines{"variance inf"});
  CHECK(answers_to({largest, largest, "sum"}) == Lines{"sum inf"});
  CHECK(answers_to({largest, largest, largest, "mean"}) == Lines{"mean 1.7976931348623157e+308"});
}

TEST_CASE("the mean of equal numbers is the number") {
  for (const double number : {0.1, 1.0 / 49, -7.3e-5, 1e300})
    for (const std::size_t count : {3U, 10U, 49U, 1000U}) {
      Collector collector;
      samples::add_all(collector, samples::Numbers(count, number));
      CHECK(collector.ask(Signal::mean) == number);
    }
}

TEST_CASE("closing a conversation gives the summary") {
  Collector collector;
  for (const double number : {3.0, 1.0, 2.0}) collector.add(number);
  const Lines asked = texts(collector.send(Message(Signal::all)));
  const statistics::Summary summary = collector.close();
  CHECK(texts(summary.answers()) == asked);
  CHECK(summary[Signal::count].number() == 3.0);
  CHECK(summary[Signal::median].number() == 2.0);
}

TEST_CASE("a collector is asked one thing at a time") {
  Collector seconds;
  CHECK_FALSE(seconds.ask(Signal::mean));
  CHECK(seconds.ask(Signal::count) == 0.0);
  seconds.add(0.25);
  seconds.add(0.75);
  CHECK(seconds.ask(Signal::mean) == 0.5);
  CHECK(seconds.ask(Signal::p99) == 0.75);
}

TEST_CASE("a conversation can be left at any time") {
  const auto leave_by_exception = [] {
    Collector collector;
    collector.add(1);
    throw std::runtime_error("left");
  };
  CHECK_THROWS_WITH(leave_by_exception(), "left");
  const statistics::Conversation never_begun = statistics::converse();
  Collector asked;
  asked.add(1);
  asked.ask(Signal::median);
}

TEST_CASE("a number that is not finite ends the conversation") {
  Collector collector;
  CHECK_THROWS_AS(collector.add(std::numeric_limits<double>::infinity()), std::invalid_argument);
}

TEST_CASE("a word is a number, a signal or nothing") {
  CHECK(statistics::parse_message("-1.5")->number() == -1.5);
  CHECK(statistics::parse_message("p90")->signal() == Signal::p90);
  CHECK_FALSE(statistics::parse_message("p90")->is_number());
  CHECK_FALSE(statistics::parse_message("p95"));
  CHECK_FALSE(statistics::parse_message("Mean"));
  CHECK_FALSE(statistics::parse_message("nan"));
  CHECK_FALSE(statistics::parse_message(""));
}

TEST_CASE("every signal has a name that reads back to it") {
  for (int i = 0; i <= static_cast<int>(Signal::all); ++i) {
    const auto signal = static_cast<Signal>(i);
    CHECK(statistics::signal_named(name(signal)) == signal);
  }
}

TEST_CASE("tallies that are merged answer as the whole does") {
  const samples::Numbers numbers = samples::uniform(100'000);
  const std::span<const double> all = numbers;
  Tally whole;
  samples::add_all(whole, all);
  Tally merged;
  for (std::size_t i = 0; i < 8; ++i) {
    Tally part;
    samples::add_all(part, all.subspan(i * all.size() / 8, all.size() / 8));
    merged.merge(part);
  }
  const statistics::Summary truth = whole.summary();
  const statistics::Summary told = merged.summary();
  CHECK(told[Signal::count] == truth[Signal::count]);
  for (const Answer& answer : truth.answers()) {
    CAPTURE(name(answer.signal));
    const double number = told[answer.signal].number().value();
    CHECK(samples::relative_error(number, answer.number().value()) < 1e-12);
  }
}

TEST_SUITE_END();
