#include "report/tally.hpp"

#include <numeric>

namespace report {

void Tally::add(const fetch::Outcome& outcome) {
  switch (outcome.status) {
    case fetch::Status::saved:
      ++saved;
      bytes += outcome.bytes;
      seconds_per_file.add(base::in_seconds(outcome.total));
      bytes_per_file.add(static_cast<double>(outcome.bytes));
      break;
    case fetch::Status::skipped:
      ++skipped;
      break;
    case fetch::Status::failed:
      ++failed_by_kind[static_cast<std::size_t>(outcome.failure->kind())];
      break;
  }
}

std::uint64_t Tally::failed() const {
  return std::accumulate(failed_by_kind.begin(), failed_by_kind.end(), std::uint64_t{0});
}

}  // namespace report
