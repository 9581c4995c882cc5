#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "statistics/white_space.hpp"

namespace statistics {

/// A word of text between white space. The text lasts as long as the call that hands it over.
struct Token {
  std::string_view text;
  std::uint64_t line = 1;  // counted from 1
  bool is_whole = true;    // false: it was longer than Tokenizer::longest, and `text` is its head
};

/// Cuts text into tokens where white space stands (that of isspace() in the C locale, hence CRLF
/// too), wherever the text is cut into chunks. A byte order mark at its very start is passed over.
///
/// A sink is called as `sink(const Token&)`, at once when the white space after a token is there.
/// Memory is bounded by the longest token; a longer one is handed over as a head that is not whole.
class Tokenizer {
 public:
  static constexpr std::size_t longest = std::size_t{2} << 20;  // bytes: room for a 1 MB literal
  static constexpr std::size_t head_size = 64;                  // bytes kept of a longer one

  template <class Sink>
  void feed(std::string_view chunk, Sink&& sink) {
    const char* at = chunk.data();
    const char* const end = at + chunk.size();
    while (at != end) {
      if (begun_length_ == 0) at = skip_space(at, end);
      const char* const stop = find_space(at, end);
      const std::string_view text(at, stop);
      if (stop == end)
        begin(text);
      else
        hand_over(text, sink);
      at = stop;
    }
  }

  /// The end of the text: its last token needs no white space after it.
  template <class Sink>
  void finish(Sink&& sink) {
    if (begun_length_ > 0) hand_over(std::string_view(), sink);
  }

 private:
  static constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

  /// To the next token; counts the lines that end before it.
  const char* skip_space(const char* at, const char* end) {
    for (; at != end && is_space(*at); ++at) {
      is_at_start_ = false;
      if (*at == '\n') ++line_;
    }
    return at;
  }

  /// Keeps what may go on in the next chunk.
  void begin(std::string_view text) {
    begun_length_ += text.size();
    begun_.append(text.substr(0, longest - std::min(longest, begun_.size())));
  }

  /// The token that ends with `rest`, which may have begun in earlier chunks.
  Token token_ending_with(std::string_view rest) {
    const bool is_whole = begun_length_ + rest.size() <= longest;
    if (begun_length_ > 0) begin(rest);
    std::string_view text = begun_length_ > 0 ? std::string_view(begun_) : rest;
    if (is_at_start_ && text.starts_with(byte_order_mark))
      text.remove_prefix(byte_order_mark.size());
    return Token{is_whole ? text : text.substr(0, head_size), line_, is_whole};
  }

  template <class Sink>
  void hand_over(std::string_view rest, Sink& sink) {
    const Token token = token_ending_with(rest);
    if (!token.text.empty()) sink(token);
    is_at_start_ = false;
    begun_.clear();
    begun_length_ = 0;
  }

  std::string begun_;               // of a token that has not ended: at most its `longest` bytes
  std::uint64_t begun_length_ = 0;  // all its bytes
  std::uint64_t line_ = 1;
  bool is_at_start_ = true;  // nothing but the token that stands here has been read
};

}  // namespace statistics
