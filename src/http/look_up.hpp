#pragma once

#include <string>

#include "base/result.hpp"

namespace http {

/// The addresses of a host, as CURLOPT_RESOLVE takes them: "192.0.2.1,[2001:db8::1]", best first.
/// As the system resolves names; blocks until it knows, or gives up.
/// Failure: `resolve` with the EAI_ number, which is negative.
base::Result<std::string> look_up(const std::string& host);

/// What such a number means; `host` is for the words.
base::Failure resolve_failure(int number, const std::string& host);

/// Whether a failure to resolve is the name's own: it does not exist, or has no address.
bool is_without_address(const base::Failure& failure);

}  // namespace http
