// Text that should be numbers and questions: whatever it is, it is read the same when it is cut, a
// number is what strtod reads, and no answer is NaN.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "insist.hpp"
#include "statistics/message.hpp"
#include "statistics/number.hpp"
#include "statistics/statistics.hpp"
#include "statistics/tokens.hpp"

namespace {

using Words = std::vector<std::string>;

Words words_of(std::string_view text, std::size_t cut) {
  Words words;
  const auto keep = [&](const statistics::Token& token) { words.emplace_back(token.text); };
  statistics::Tokenizer tokenizer;
  tokenizer.feed(text.substr(0, cut), keep);
  tokenizer.feed(text.substr(cut), keep);
  tokenizer.finish(keep);
  return words;
}

}  // namespace

/// The first byte says where the rest is cut into two chunks.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Words words = words_of(text, text.size() * data[0] / 256);
  insist(words == words_of(text, 0));

  statistics::Collector collector;
  for (const std::string& word : words) {
    if (const std::optional<double> number = statistics::parse_number(word))
      insist(*number == std::strtod(word.c_str(), nullptr));
    if (const auto message = statistics::parse_message(word)) collector.send(*message);
  }
  for (const statistics::Answer& answer :
       collector.send(statistics::Message(statistics::Signal::all)))
    insist(!std::isnan(answer.number().value_or(0)));
  return 0;
}
