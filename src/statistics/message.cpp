#include "statistics/message.hpp"

#include "statistics/number.hpp"

namespace statistics {

std::optional<Message> parse_message(std::string_view word) {
  if (const std::optional<double> number = parse_number(word)) return Message(*number);
  if (const std::optional<Signal> signal = signal_named(word)) return Message(*signal);
  return std::nullopt;
}

}  // namespace statistics
