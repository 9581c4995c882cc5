#pragma once

#include <optional>
#include <string>

#include "base/failure.hpp"
#include "base/units.hpp"
#include "http/head.hpp"

namespace fetch {

/// What a response calls for.
enum class Verdict {
  save,     ///< its body is what was asked for
  follow,   ///< it is a redirect with a Location
  append,   ///< its body is the rest that was asked for
  keep,     ///< the version that is there is still the server's
  restart,  ///< it cannot be continued; ask for all of it
  refuse,   ///< see failure_of()
};

/// What a GET asked for beside the URL.
struct Asked {
  bool is_conditional = false;      ///< only another version than the one that is there
  std::optional<base::Bytes> from;  ///< the rest from here on, if it is still the same version
  std::string etag;                 ///< of that version
};

/// Judges the head of the answer.
Verdict judge(const http::Head& head, const Asked& asked);

/// Why a head was refused.
base::Failure failure_of(const http::Head& head);

}  // namespace fetch
