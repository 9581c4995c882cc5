#pragma once

#include <curl/curl.h>

#include "base/failure.hpp"

namespace http {

/// Whether a failure of a transfer is one that may not happen again: something broke on the way.
bool is_transient(const base::Failure& failure);

/// What a CURLcode means for us; `has_head`: the response had begun.
base::Kind kind_of(CURLcode code, bool has_head);

}  // namespace http
