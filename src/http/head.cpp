#include "http/head.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace http {
namespace {

// All heads of one request together, interim answers included.
constexpr base::Bytes most_bytes = 256 * base::KiB;
constexpr int most_lines = 1000;
constexpr int most_encodings = 5;

base::Failure broken(std::string words) {
  return base::Failure(base::Kind::protocol, 0, std::move(words));
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

base::Result<void> HeadReader::add_line(std::string_view line) {
  bytes_ += line.size();
  if (bytes_ > most_bytes || ++lines_ > most_lines)
    return base::Failure(base::Kind::too_large, 0,
                         fmt::format("the response's head is longer than {} KiB or {} lines",
                                     most_bytes / base::KiB, most_lines));
  if (is_complete_) return {};
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.find('\r') != std::string_view::npos || line.find('\0') != std::string_view::npos)
    return broken("a header has a CR or a NUL in it");
  if (!has_begun_) return begin(line);
  if (line.empty()) return end();
  return add_field(line);
}

base::Result<void> HeadReader::begin(std::string_view line) {
  head_ = Head();
  locations_ = 0;
  const std::size_t space = line.find(' ');
  const std::string_view version = line.substr(0, space);
  const std::string_view code =
      space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
  const bool has_code = code.size() >= 3 && is_digit(code[0]) && is_digit(code[1]) &&
                        is_digit(code[2]) && (code.size() == 3 || code[3] == ' ');
  const bool is_known =
      version == "HTTP/1.1" || version == "HTTP/1.0" || version == "HTTP/2" || version == "HTTP/3";
  if (!is_known || !has_code || code[0] < '1' || code[0] > '5')
    return broken(fmt::format("the status line is wrong: {}", base::printable(line.substr(0, 80))));
  head_.version = version.substr(5);
  head_.status = (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0');
  has_begun_ = true;
  return {};
}

base::Result<void> HeadReader::add_field(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') return {};  // a folded line: nothing we read
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0)
    return broken(fmt::format("a header has no name: {}", base::printable(line.substr(0, 80))));
  if (line[colon - 1] == ' ' || line[colon - 1] == '\t')
    return broken("there is a blank between a header's name and its colon");
  const std::string name = base::to_lower(line.substr(0, colon));
  const std::string_view value = base::trim(line.substr(colon + 1));

  if (name == "content-length") return add_length(value);
  if (name == "transfer-encoding") return add_encoding(value);
  if (name == "content-type")
    head_.type = base::to_lower(base::trim(value.substr(0, value.find(';'))));
  if (name == "content-encoding") return add_content_encoding(value);
  if (name == "etag") head_.etag = value;
  if (name == "last-modified") head_.last_modified = value;
  if (name == "retry-after") head_.retry_after = value;
  if (name == "content-range") head_.content_range = value;
  if (name == "location") {
    if (++locations_ > 1 && head_.location != value)
      return broken("it has two different Locations");
    head_.location = value;
  }
  return {};
}

/// "5, 5" and the same header twice mean 5; two lengths mean that somebody lies.
base::Result<void> HeadReader::add_length(std::string_view list) {
  for (;;) {
    const std::size_t comma = list.find(',');
    const std::optional<base::Bytes> length =
        base::parse_unsigned(base::trim(list.substr(0, comma)));
    if (!length)
      return broken(
          fmt::format("Content-Length is no number: {}", base::printable(list.substr(0, 80))));
    if (head_.length && head_.length != length)
      return broken(fmt::format("Content-Length is {} and also {}", *head_.length, *length));
    head_.length = length;
    if (comma == std::string_view::npos) return {};
    list.remove_prefix(comma + 1);
  }
}

/// Chunks are the only encoding that shows where a body ends, and that is taken off again.
base::Result<void> HeadReader::add_encoding(std::string_view value) {
  if (head_.is_chunked || base::to_lower(value) != "chunked")
    return broken(fmt::format("the body has an encoding that nobody asked for: {}",
                              base::printable(value.substr(0, 80))));
  head_.is_chunked = true;
  return {};
}

/// Nothing is decoded, but who says so often that he has encoded is up to something.
base::Result<void> HeadReader::add_content_encoding(std::string_view value) {
  std::string& all = head_.content_encoding;
  all.append(all.empty() ? "" : ", ").append(value);
  if (std::count(all.begin(), all.end(), ',') < most_encodings) return {};
  return broken(fmt::format("the body is said to be encoded more than {} times", most_encodings));
}

base::Result<void> HeadReader::end() {
  has_begun_ = false;
  if (head_.status == 101) return broken("the server switched to another protocol, unasked");
  if (head_.status < 200) return {};  // an interim answer; the final one follows
  // RFC 9112, 6.3: chunks outweigh a length, and these answers have no body whatever they say.
  const bool has_body = head_.status != 204 && head_.status != 304;
  const bool promises_body = head_.is_chunked || head_.length.value_or(0) > 0;
  head_.contradicts_itself =
      (head_.is_chunked && head_.length) || (head_.status == 204 && promises_body);
  if (head_.is_chunked || !has_body) head_.length.reset();
  head_.ends_with_connection =
      has_body && !head_.is_chunked && !head_.length && head_.version.starts_with("1.");
  is_complete_ = true;
  return {};
}

}  // namespace http
