#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/failure.hpp"
#include "base/units.hpp"
#include "disk/part_file.hpp"
#include "fetch/job.hpp"
#include "http/transfer.hpp"

namespace fetch {

enum class Status { saved, failed, skipped };

/// Whether an entity tag says that two answers are the same byte for byte (RFC 9110, 8.8.3).
inline bool is_strong(std::string_view etag) {
  return etag.starts_with('"');
}

/// The beginning of a body that broke off. It lies in a part file, and can be continued as long as
/// the server still has the same version.
struct Partial {
  std::string name;       ///< of the file that it was to become
  disk::PartStamp stamp;  ///< of the part file; it goes on where that ends
  std::string etag;       ///< a strong one
  std::string type;
  std::string last_modified;
};

/// What the servers have answered to one attempt, as far as it came.
struct Answer {
  int http = 0;  ///< status of the last response, 0 when there was none
  std::string type;
  std::string content_encoding;        ///< of the bytes as they came and as they were saved
  bool has_unverified_length = false;  ///< nothing but a bare connection's end ended the body
  std::string final_url;               ///< when redirected
  std::string etag;
  std::string last_modified;
  std::optional<std::chrono::seconds> wait_of_server;  ///< that the last response asked for
};

/// What became of a line of the list: all that a record says, and what the next try needs.
struct Outcome {
  Origin origin;
  std::string url;  ///< without user and password
  Status status = Status::failed;
  std::optional<base::Failure> failure;  ///< exactly when it failed

  std::string file;  ///< relative to the output directory, when there is one
  base::Bytes bytes = 0;
  Answer answer;  ///< to the last attempt
  std::string sha256;
  std::optional<Partial> partial;  ///< is kept for the next run
  std::string out;                 ///< the name that the line asked for
  std::string wanted_sha256;       ///< the digest that the line asked for
  int attempts = 0;

  base::SystemTime at{};               ///< when it ended
  std::chrono::microseconds queued{};  ///< from the line's being read until the first request
  http::Timing timing;
  std::chrono::microseconds total{};  ///< from the first request until the file had its name
  std::chrono::microseconds write{};  ///< from the body's end until the file had its name
};

}  // namespace fetch
