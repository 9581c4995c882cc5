#pragma once

#include "base/failure.hpp"
#include "http/head.hpp"

namespace fetch {

/// What a response calls for.
enum class Verdict {
  save,    ///< its body is what was asked for
  follow,  ///< it is a redirect with a Location
  keep,    ///< the version that is there is still the server's
  refuse,  ///< see failure_of()
};

/// Judges the head of the answer to a GET, which had a condition or not.
Verdict judge(const http::Head& head, bool is_conditional);

/// Why a head was refused.
base::Failure failure_of(const http::Head& head);

}  // namespace fetch
