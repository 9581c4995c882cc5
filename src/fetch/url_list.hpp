#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "coro/task.hpp"
#include "disk/line_reader.hpp"
#include "fetch/failed_lines.hpp"
#include "fetch/job.hpp"
#include "fetch/repeats.hpp"
#include "loop/loop.hpp"

namespace fetch {

/// One thing to read URLs from: an open list, a URL of the command line, or the failures of a log.
struct Source {
  std::string name;  ///< as the user gave it
  bool is_url = false;
  base::FileDescriptor list;                ///< of a list
  bool is_followed = false;                 ///< more is waited for at the end of the list
  std::optional<FailedLines> failed_lines;  ///< of a log
};

/// Opens what the command line names; "-" is stdin, and what has "://" in it a URL. Kind of a
/// failure: `bad_url`, with words that say which list and why it cannot be read.
base::Result<std::vector<Source>> open_sources(const std::vector<std::string>& names);

/// Has the last of them followed as it grows. Kind of a failure: `bad_url`, when it is no file.
base::Result<void> follow_last(std::vector<Source>& sources);

/// The failures of a log. Kind of a failure: `bad_url`.
base::Result<Source> open_failures(const std::string& log);

/// The lines of all lists one after the other, read no faster than they are asked for.
class UrlList {
 public:
  UrlList(loop::Loop& loop, std::vector<Source> sources);

  /// The next line that asks for something. Nothing at the end of the last list, when `stop` came,
  /// or when a list could not be read to its end: failure() then says so.
  coro::Task<std::optional<Entry>> next(std::stop_token stop);

  /// How many next() has given, and whether there are no more.
  std::uint64_t given() const { return given_; }
  bool has_ended() const { return current_ == sources_.size(); }

  const std::optional<base::Failure>& failure() const { return failure_; }

 private:
  coro::Task<std::optional<Entry>> next_of_this_source(std::stop_token stop);
  coro::Task<std::optional<Entry>> next_failure(FailedLines& lines);
  std::optional<Entry> parse(const disk::Line& line, const std::string& list);

  loop::Loop& loop_;
  std::vector<Source> sources_;
  bool are_several_;
  std::size_t current_ = 0;
  std::optional<disk::LineReader> reader_;
  Repeats repeats_;
  std::uint64_t given_ = 0;
  std::uint64_t urls_ = 0;  ///< of the command line, so far
  std::optional<base::Failure> failure_;
};

}  // namespace fetch
