#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/failure.hpp"
#include "base/units.hpp"
#include "http/url.hpp"

namespace fetch {

/// Where a line stands: what a record says of it.
struct Origin {
  std::string list;          ///< the list's name; empty when there is only one
  std::uint64_t n = 0;       ///< line number in its list, counting every physical line
  std::uint64_t repeat = 0;  ///< how many times its URL came before
  std::string input;         ///< the keys of a JSON line that are not ours, as a JSON object, or ""
};

/// What tells one version of a file from another, as a server sent it.
struct Validators {
  std::string etag;
  std::string last_modified;
};

/// A line that asks for a URL.
struct Job {
  Origin origin;
  http::Url url;
  std::string out;                   ///< the file's name, or path; "" for the template's
  std::vector<std::string> headers;  ///< "Name: value", for the URL's origin only
  std::string sha256;                ///< expected digest in lower-case hex, or ""
  base::Time taken_at{};             ///< when the line was read
  Validators unless;                 ///< not wanted when it is still this version
};

/// A line that cannot be fetched, and why.
struct BadLine {
  Origin origin;
  std::string text;  ///< what stood there, cut to a readable length and without credentials
  base::Failure failure;
};

using Entry = std::variant<Job, BadLine>;

}  // namespace fetch
