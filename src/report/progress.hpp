#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/units.hpp"

namespace report {

/// One request that is running.
struct TransferProgress {
  std::string name;  ///< free of control characters
  base::Duration runs_for{};
  bool is_answered = false;  ///< the head of its response has come
  base::Bytes received = 0;
  std::optional<base::Bytes> length;  ///< where the server has said it
};

/// How far a run is.
struct Progress {
  std::uint64_t saved = 0;
  std::uint64_t failed = 0;
  std::uint64_t skipped = 0;
  std::size_t running = 0;
  std::size_t retrying = 0;            ///< lines that wait for their next try
  std::optional<std::uint64_t> lines;  ///< in all, where that is known
  double begun = 0;                    ///< what has come of those that run, in lines
  base::Bytes received = 0;
  double bytes_per_second = 0;  ///< lately
  double lines_per_second = 0;  ///< lately
  base::Duration elapsed{};
  std::vector<TransferProgress> longest;  ///< those that run longest, the oldest first

  std::uint64_t done() const { return saved + failed + skipped; }
};

/// Where it is shown.
struct Screen {
  std::size_t columns = 80;
  std::size_t rows = 24;
  bool has_colours = false;
};

/// The transfers that are shown at most.
inline constexpr std::size_t most_shown_transfers = 5;

/// Two lines on all of the run, and one for each transfer, as far as there is room. None is as wide
/// as the screen, because a terminal may go to the next line after its last column.
std::vector<std::string> progress_block(const Progress& progress, Screen screen);

/// The same in one line, for who reads it later.
std::string progress_line(const Progress& progress);

/// A transfer in words.
std::string transfer_line(const TransferProgress& transfer);

/// "0:42", "1:02:03", "3 d 04 h".
std::string readable_clock(base::Duration duration);

/// How fast something grows, over the last ten seconds.
class RecentRate {
 public:
  /// `amount`: all of it until `now`.
  void note(base::Time now, double amount);

  /// Never below 0.
  double per_second() const;

 private:
  std::deque<std::pair<base::Time, double>> notes_;
};

}  // namespace report
