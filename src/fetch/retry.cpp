#include "fetch/retry.hpp"

#include <algorithm>
#include <chrono>

#include "http/failure.hpp"

namespace fetch {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration first_ceiling = 1s;
constexpr base::Duration highest_ceiling = 60s;

// A server that wants to be left alone for longer is taken at its word in another run.
constexpr base::Duration longest_wait_of_host = 5min;

bool will_pass(int status) {
  return status == 408 || status == 425 || status == 429 || status == 500 || status == 502 ||
         status == 503 || status == 504;
}

base::Duration ceiling_after(int attempts) {
  constexpr int most_doublings = 16;  // beyond the highest ceiling, before an overflow
  const int doublings = std::clamp(attempts - 1, 0, most_doublings);
  return std::min(first_ceiling * (1 << doublings), highest_ceiling);
}

}  // namespace

bool is_worth_another_try(const base::Failure& failure) {
  if (failure.kind() == base::Kind::http_status) return will_pass(failure.code());
  return http::is_transient(failure);
}

std::optional<base::Duration> next_try(const RetryOptions& options, const base::Failure& failure,
                                       const FailedAttempt& attempt, double chance) {
  if (attempt.attempts > options.tries_after_first || !is_worth_another_try(failure))
    return std::nullopt;
  const std::chrono::duration<double> at_random = ceiling_after(attempt.attempts) * chance;
  const base::Duration wait =
      attempt.wait_of_host.value_or(std::chrono::duration_cast<base::Duration>(at_random));
  if (attempt.wait_of_host > longest_wait_of_host) return std::nullopt;
  if (options.max_time && attempt.elapsed + wait >= *options.max_time) return std::nullopt;
  return wait;
}

}  // namespace fetch
