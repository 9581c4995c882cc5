#include "statistics/answer.hpp"

#include <charconv>

namespace statistics {

namespace {

std::string text(const Value& value) {
  std::array<char, 32> digits{};  // the longest double has 24 characters
  char* const begin = digits.data();
  char* const end = begin + digits.size();
  if (const auto* count = std::get_if<std::uint64_t>(&value))
    return std::string(begin, std::to_chars(begin, end, *count).ptr);
  if (const auto* number = std::get_if<double>(&value))
    return std::string(begin, std::to_chars(begin, end, *number).ptr);
  return "undefined";
}

}  // namespace

std::optional<double> Answer::number() const {
  if (const auto* count = std::get_if<std::uint64_t>(&value)) return static_cast<double>(*count);
  if (const auto* number = std::get_if<double>(&value)) return *number;
  return std::nullopt;
}

std::string text(const Answer& answer) {
  return std::string(name(answer.signal)) + ' ' + text(answer.value);
}

}  // namespace statistics
