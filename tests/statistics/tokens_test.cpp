#include "statistics/tokens.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

TEST_SUITE_BEGIN("statistics");

using statistics::Token;
using statistics::Tokenizer;

namespace {

/// What was handed over, as "LINE:TEXT", with "..." after a token that is not whole.
using Told = std::vector<std::string>;

/// The tokens of a text that is fed in chunks of `size()` bytes.
template <class Size>
Told tokens_of(std::string_view text, Size size) {
  Told told;
  const auto tell = [&told](const Token& token) {
    told.push_back(std::to_string(token.line) + ':' + std::string(token.text) +
                   (token.is_whole ? "" : "..."));
  };
  Tokenizer tokenizer;
  while (!text.empty()) {
    // A chunk of its own, so that reading past its end is seen by the address sanitizer.
    const std::vector<char> chunk(
        text.begin(),
        text.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(size(), text.size())));
    tokenizer.feed(std::string_view(chunk.data(), chunk.size()), tell);
    text.remove_prefix(chunk.size());
  }
  tokenizer.finish(tell);
  return told;
}

Told tokens_of(std::string_view text) {
  return tokens_of(text, [text] { return text.size(); });
}

}  // namespace

TEST_CASE("tokens stand between white space and know their line") {
  CHECK(tokens_of("1 2\n3\r\n\n  mean\t4\v5\f6") ==
        Told{"1:1", "1:2", "2:3", "4:mean", "4:4", "4:5", "4:6"});
  CHECK(tokens_of("") == Told{});
  CHECK(tokens_of(" \n ") == Told{});
}

TEST_CASE("other control characters belong to a token") {
  CHECK(tokens_of(std::string_view("a\0b\x1f\x7f c", 7)) ==
        Told{std::string("1:a\0b\x1f\x7f", 7), "1:c"});
  CHECK(tokens_of("\x01\x02\x03\x04\x05\x06\x07\x08 x") ==
        Told{"1:\x01\x02\x03\x04\x05\x06\x07\x08", "1:x"});
}

TEST_CASE("a byte order mark is forgiven at the start and nowhere else") {
  CHECK(tokens_of("\xEF\xBB\xBF"
                  "1 2") == Told{"1:1", "1:2"});
  CHECK(tokens_of("\xEF\xBB\xBF\n1") == Told{"2:1"});
  CHECK(tokens_of("\xEF\xBB\xBF") == Told{});
  CHECK(tokens_of(" \xEF\xBB\xBF"
                  "1") == Told{"1:\xEF\xBB\xBF"
                               "1"});
  CHECK(tokens_of("1 \xEF\xBB\xBF"
                  "2") == Told{"1:1",
                               "1:\xEF\xBB\xBF"
                               "2"});
}

TEST_CASE("a token is handed over as soon as white space follows it") {
  Told told;
  const auto tell = [&told](const Token& token) { told.emplace_back(token.text); };
  Tokenizer tokenizer;
  tokenizer.feed("12", tell);
  CHECK(told == Told{});
  tokenizer.feed("3\n", tell);
  CHECK(told == Told{"123"});
}

TEST_CASE("a token that is too long is told by its head, and the next ones stay whole") {
  const std::string longest(Tokenizer::longest, '1');
  const std::string head(Tokenizer::head_size, '1');
  for (const std::size_t chunk : {std::size_t{1} << 24, std::size_t{65536}, std::size_t{4099}}) {
    CAPTURE(chunk);
    const auto size = [chunk] { return chunk; };
    CHECK(tokens_of(longest + "\n2", size) == Told{"1:" + longest, "2:2"});
    CHECK(tokens_of(longest + "1\n2", size) == Told{"1:" + head + "...", "2:2"});
    CHECK(tokens_of("0\n" + longest + longest, size) == Told{"1:0", "2:" + head + "..."});
  }
}

TEST_CASE("how a text is cut into chunks does not matter") {
  std::mt19937_64 random(1);
  constexpr std::string_view characters = "019.-em \t\r\n\n\xEF\xBB\xBF\x01";
  for (int round = 0; round < 2000; ++round) {
    std::string text = round % 2 == 0 ? "\xEF\xBB\xBF" : "";
    for (std::size_t left = random() % 60; left > 0; --left)
      text += characters[random() % characters.size()];
    const Told at_once = tokens_of(text);
    CHECK(tokens_of(text, [] { return 1; }) == at_once);
    CHECK(tokens_of(text, [&random] { return 1 + random() % 20; }) == at_once);
  }
}

TEST_SUITE_END();
