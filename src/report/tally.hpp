#pragma once

#include <array>
#include <cstdint>

#include "base/failure.hpp"
#include "base/units.hpp"
#include "fetch/outcome.hpp"
#include "statistics/statistics.hpp"

namespace report {

/// How many lines ended in which way, and how the saved files are spread.
struct Tally {
  std::uint64_t saved = 0;
  std::uint64_t skipped = 0;
  std::array<std::uint64_t, base::kind_count> failed_by_kind{};
  base::Bytes bytes = 0;  ///< of the saved files

  statistics::Collector seconds_per_file;  ///< `seconds.total` of the records of saved files
  statistics::Collector bytes_per_file;

  void add(const fetch::Outcome& outcome);

  std::uint64_t failed(base::Kind kind) const {
    return failed_by_kind[static_cast<std::size_t>(kind)];
  }
  std::uint64_t failed() const;
  std::uint64_t lines() const { return saved + skipped + failed(); }
};

}  // namespace report
