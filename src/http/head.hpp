#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/units.hpp"

namespace http {

/// What a response says before its body. Texts are as the server sent them: escape before showing.
struct Head {
  int status = 0;                     ///< 100 to 599
  std::string version;                ///< "1.0", "1.1", "2"
  std::optional<base::Bytes> length;  ///< Content-Length, nothing when it does not count
  bool is_chunked = false;
  bool contradicts_itself = false;    ///< it says two things about where its body ends
  bool ends_with_connection = false;  ///< nothing else says where the body ends
  std::string type;                   ///< media type in lower case, without parameters
  std::string content_encoding;       ///< of the bytes as they come; nobody asks for any
  std::string etag;
  std::string last_modified;
  std::optional<std::string> location;
  std::string retry_after;    ///< see parse_retry_after()
  std::string content_range;  ///< see parse_content_range()
};

/// Reads a response's head line by line and refuses what cannot be framed safely, which libcurl
/// 7.88 partly lets pass: RFC 9112, sections 4 and 6. Interim answers (1xx) are passed over.
class HeadReader {
 public:
  /// `line` with its line end or without. Kinds: `protocol`, `too_large`.
  base::Result<void> add_line(std::string_view line);

  /// True after the empty line that ends the final response's head; later lines are trailers.
  bool is_complete() const { return is_complete_; }

  /// Whether no line has come.
  bool is_empty() const { return lines_ == 0; }

  const Head& head() const { return head_; }

 private:
  base::Result<void> begin(std::string_view status_line);
  base::Result<void> add_field(std::string_view line);
  base::Result<void> add_length(std::string_view list);
  base::Result<void> add_encoding(std::string_view value);
  base::Result<void> add_content_encoding(std::string_view value);
  base::Result<void> end();

  Head head_;
  bool has_begun_ = false;
  bool is_complete_ = false;
  int locations_ = 0;
  int lines_ = 0;
  base::Bytes bytes_ = 0;
};

}  // namespace http
