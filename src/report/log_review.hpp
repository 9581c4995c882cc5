#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/units.hpp"
#include "fetch/record.hpp"
#include "report/picture_size.hpp"
#include "report/spread.hpp"
#include "report/timeline.hpp"
#include "statistics/moments.hpp"

namespace report {

/// What came of the lines of one host.
struct HostReview {
  std::string host;  ///< with its port, unless that is the scheme's own
  std::uint64_t saved = 0;
  std::uint64_t failed = 0;
  std::uint64_t skipped = 0;
  base::Bytes bytes = 0;
  statistics::Moments first_byte;  ///< seconds, of what was saved
  statistics::Moments total;       ///< seconds, of what was saved

  std::uint64_t lines() const { return saved + failed + skipped; }
};

struct FailedLine {
  std::string list;  ///< empty when there was only one
  std::uint64_t n = 0;
  std::string url;
  std::string words;
};

struct FailureGroup {
  std::string kind;
  std::uint64_t count = 0;
  std::vector<FailedLine> lines;  ///< the first ones, in the order of the log
};

struct Picture {
  std::string file;
  std::string url;
  base::Bytes bytes = 0;
  std::optional<PictureSize> size;  ///< for whoever reads its header
};

/// What a log says, for a reader: add the final record of each line, then look.
///
/// Memory is bounded but for 40 bytes per record: of hosts, failed lines and pictures only the
/// first ones are kept, the others counted.
class LogReview {
 public:
  /// How many are kept, and how many bytes all their names and words may have.
  struct Limits {
    std::size_t hosts = 20'000;
    std::size_t failed_lines = 100'000;
    std::size_t pictures = 5'000;
    std::size_t text = 32 * base::MiB;
  };

  LogReview() : LogReview(Limits()) {}
  explicit LogReview(const Limits& limits) : limits_(limits) {}

  void add(const fetch::Record& record);

  std::uint64_t saved() const { return saved_; }
  std::uint64_t failed() const { return failed_; }
  std::uint64_t skipped() const { return skipped_; }
  std::uint64_t lines() const { return saved_ + failed_ + skipped_; }
  base::Bytes bytes() const { return bytes_; }

  // Of what was saved.
  const Spread& first_byte() const { return first_byte_; }  ///< seconds
  const Spread& total() const { return total_; }            ///< seconds
  const Spread& size() const { return size_; }              ///< bytes

  Timeline timeline() const { return timeline_of(arrivals_); }

  /// Those with the most lines first.
  std::vector<HostReview> hosts() const;

  /// Lines of hosts that are not among hosts().
  std::uint64_t lines_of_other_hosts() const { return lines_of_other_hosts_; }

  /// One for each kind, those with the most lines first. They live as long as the review.
  std::vector<const FailureGroup*> failures() const;

  /// How many pictures were saved, by their media type, and the first of them.
  std::uint64_t picture_count() const { return picture_count_; }
  std::vector<Picture>& pictures() { return pictures_; }
  const std::vector<Picture>& pictures() const { return pictures_; }

 private:
  void add_saved(const fetch::Record& record);
  void add_failure(const fetch::Record& record);
  void add_to_host(const fetch::Record& record);
  HostReview* host_of(const std::string& url);
  bool has_room_for(std::size_t text);

  Limits limits_;
  std::uint64_t saved_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t skipped_ = 0;
  base::Bytes bytes_ = 0;
  Spread first_byte_;
  Spread total_;
  Spread size_;
  std::vector<Arrival> arrivals_;
  std::unordered_map<std::string, HostReview> hosts_;
  std::uint64_t lines_of_other_hosts_ = 0;
  std::map<std::string, FailureGroup> failures_;
  std::size_t failed_lines_ = 0;
  std::uint64_t picture_count_ = 0;
  std::vector<Picture> pictures_;
  std::size_t text_ = 0;
};

}  // namespace report
