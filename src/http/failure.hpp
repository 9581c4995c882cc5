#pragma once

#include <curl/curl.h>

#include <string_view>

#include "base/failure.hpp"

namespace http {

/// Whether a failure of a transfer is one that may not happen again: something broke on the way.
bool is_transient(const base::Failure& failure);

/// What a CURLcode means for us; `has_head`: the response had begun.
base::Kind kind_of(CURLcode code, bool has_head);

/// The same with words: libcurl's own `words` about the transfer (CURLOPT_ERRORBUFFER), or "", and
/// the errno of the last attempt to connect (CURLINFO_OS_ERRNO), or 0.
base::Failure failure_of(CURLcode code, bool has_head, std::string_view words, int system_error);

}  // namespace http
