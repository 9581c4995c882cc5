#pragma once

#include <optional>

#include "coro/generator.hpp"
#include "statistics/answer.hpp"
#include "statistics/message.hpp"

namespace statistics {

/// A coroutine that is sent messages, yields what it answers to each, and returns the summary.
using Conversation = coro::Generator<Answers, Message, Summary>;

/// Takes numbers and signals as they come. A number is answered by nothing, a signal by its value,
/// `all` by all eleven; the answers last until the next message. close() gives the summary.
///
///   Conversation talk = converse();
///   talk.next();                                               // runs to where it listens
///   talk.send(Message(2.5));                                   // no answers
///   const Answers answers = *talk.send(Message(Signal::mean));  // one
///   const Summary summary = *talk.close();
///
/// O(1) memory, see Histogram. A number that is not finite ends the conversation with a
/// std::invalid_argument.
Conversation converse();

/// A conversation as the rest of the program holds it: begun, and asked one thing at a time.
class Collector {
 public:
  Collector() : talk_(converse()) { talk_.next(); }

  /// Adds a finite number.
  void add(double number) { talk_.send(Message(number)); }

  /// Sends any message. The answers last until the next one.
  Answers send(Message message) { return talk_.send(message).value(); }

  /// The value that a signal other than `all` asks for; nothing when it is not defined.
  std::optional<double> ask(Signal signal) { return send(Message(signal)).front().number(); }

  /// All eleven, and the end: nothing can be sent after it.
  Summary close() { return talk_.close().value(); }

 private:
  Conversation talk_;
};

}  // namespace statistics
