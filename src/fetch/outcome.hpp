#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/failure.hpp"
#include "base/units.hpp"
#include "fetch/job.hpp"
#include "http/transfer.hpp"

namespace fetch {

enum class Status { saved, failed, skipped };

/// What became of a line of the list: all that a record says, and what the next try needs.
struct Outcome {
  Origin origin;
  std::string url;  ///< without user and password
  Status status = Status::failed;
  std::optional<base::Failure> failure;  ///< exactly when it failed

  std::string file;  ///< relative to the output directory, when there is one
  base::Bytes bytes = 0;
  int http = 0;  ///< status of the last response, 0 when there was none
  std::string type;
  std::string final_url;  ///< when redirected
  std::string etag;
  std::string last_modified;
  std::string sha256;
  base::Bytes part = 0;       ///< of a body that broke off: what lies in its part file
  std::string out;            ///< the name that the line asked for
  std::string wanted_sha256;  ///< the digest that the line asked for
  int attempts = 0;
  std::optional<std::chrono::seconds> wait_of_server;  ///< that its last answer asked for

  base::SystemTime at{};               ///< when it ended
  std::chrono::microseconds queued{};  ///< from the line's being read until the first request
  http::Timing timing;
  std::chrono::microseconds total{};  ///< from the first request until the file had its name
  std::chrono::microseconds write{};  ///< from the body's end until the file had its name
};

}  // namespace fetch
