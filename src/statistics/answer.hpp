#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "statistics/signal.hpp"

namespace statistics {

/// A count, a number (never NaN; infinite when it is larger than any double), or not defined, as
/// the mean of nothing is.
using Value = std::variant<std::monostate, std::uint64_t, double>;

/// The value that a signal asked for; the signal is never `all`.
struct Answer {
  Signal signal = Signal::count;
  Value value;

  /// The value as a double (a count over 2^53 is rounded); nothing when it is not defined.
  std::optional<double> number() const;

  bool operator==(const Answer&) const = default;
};

/// "WORD VALUE" in the shortest form that reads back to the same double, or "WORD undefined".
std::string text(const Answer& answer);

/// What is answered to one message; a look at it, that lasts until the next message.
using Answers = std::span<const Answer>;

/// All eleven answers, in the order of the signals.
class Summary {
 public:
  explicit Summary(const std::array<Answer, value_count>& answers) : answers_(answers) {}

  Answers answers() const& { return answers_; }
  Answers answers() && = delete;  // they would outlast what they look at

  /// The answer to a signal other than `all`.
  const Answer& operator[](Signal signal) const {
    return answers_.at(static_cast<std::size_t>(signal));
  }

 private:
  std::array<Answer, value_count> answers_;
};

}  // namespace statistics
