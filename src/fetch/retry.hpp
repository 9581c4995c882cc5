#pragma once

#include <optional>

#include "base/failure.hpp"
#include "base/units.hpp"

namespace fetch {

/// How often and how long one URL is tried.
struct RetryOptions {
  int tries_after_first = 2;
  std::optional<base::Duration> max_time;  ///< from the first request on, waits included
};

/// Whether the same request may succeed a little later: something broke on the way, the server is
/// overloaded or says that it will pass. What was answered for good is not asked again.
bool is_worth_another_try(const base::Failure& failure);

/// What is known after an attempt that failed.
struct FailedAttempt {
  int attempts = 1;                            ///< so far
  base::Duration elapsed{};                    ///< since the first began
  std::optional<base::Duration> wait_of_host;  ///< that the server asked for (Retry-After)
};

/// How long to wait before the next try: as long as the server asked, otherwise anything up to a
/// ceiling that doubles with each attempt, at random, so that many lines do not come back at once.
/// `chance` is from [0, 1). Nothing: give up.
std::optional<base::Duration> next_try(const RetryOptions& options, const base::Failure& failure,
                                       const FailedAttempt& attempt, double chance);

}  // namespace fetch
