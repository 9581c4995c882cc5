#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/units.hpp"

namespace http {

/// How long a server wants to be left alone: seconds or a date, RFC 9110, 10.2.3. A date that is
/// past is no wait. Nothing when it is neither; what is beyond thirty years is thirty years.
std::optional<std::chrono::seconds> parse_retry_after(const std::string& value,
                                                      base::SystemTime now);

/// Which part of a file a 206 brings, RFC 9110, 14.4.
struct ContentRange {
  base::Bytes first = 0;
  base::Bytes last = 0;               ///< inclusive; not before `first`
  std::optional<base::Bytes> length;  ///< of the whole file, greater than `last`, when it is known
};

/// Nothing when `value` is no range of bytes, also for "bytes */LENGTH".
std::optional<ContentRange> parse_content_range(std::string_view value);

}  // namespace http
