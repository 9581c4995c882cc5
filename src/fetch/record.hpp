#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "fetch/outcome.hpp"

namespace fetch {

/// An outcome as one line of JSON, LF included. What a server or a list said appears as valid
/// UTF-8 without any control character: those are escaped, other bytes become U+FFFD.
std::string to_record(const Outcome& outcome);

/// What a record says that another run, or a report, can use.
struct Record {
  Origin origin;
  std::string url;
  Status status = Status::failed;
  std::string file;  ///< relative to the output directory, or ""
  base::Bytes bytes = 0;
  std::string type;
  std::string kind;   ///< of a failed line
  std::string error;  ///< of a failed line, in words
  std::string etag;
  std::string last_modified;
  std::string sha256;                      ///< of the file, when it was noted
  std::optional<base::SystemTime> at;      ///< when it ended
  std::chrono::microseconds first_byte{};  ///< 0 when none came
  std::chrono::microseconds total{};       ///< 0 when nothing was asked for
  std::optional<Partial> partial;
  std::string out;            ///< of a failed line: the name that it asked for
  std::string wanted_sha256;  ///< of a failed line: the digest that it asked for
};

/// A line of a log, without its LF. Kind of a failure: `bad_url`, when it is no record.
base::Result<Record> parse_record(std::string_view line);

}  // namespace fetch
