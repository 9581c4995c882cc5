#include "fetch/log_index.hpp"

#include <xxhash.h>

#include <algorithm>
#include <tuple>

#include "fetch/log_reader.hpp"

namespace fetch {
namespace {

base::Failure with_advice(const base::Failure& failure) {
  if (failure.kind() != base::Kind::bad_url) return failure;
  return base::Failure(failure.kind(), failure.code(),
                       failure.words() +
                           "; move the log away to fetch everything again, or name "
                           "another one with --log");
}

bool says_where_a_file_is(const Record& record) {
  return record.status == Status::saved || record.partial;
}

}  // namespace

std::uint64_t line_key(std::string_view url, std::uint64_t repeat) {
  return XXH3_64bits_withSeed(url.data(), url.size(), repeat);
}

base::Result<LogIndex> LogIndex::read(int log, const std::string& path) {
  LogIndex index;
  index.log_ = log;
  const auto take = [&index](std::uint64_t offset, const Record& record) {
    if (says_where_a_file_is(record))
      index.entries_.push_back(Entry{line_key(record.url, record.origin.repeat), offset});
  };
  if (const auto read = for_each_record(log, path, take); !read) return with_advice(read.error());

  // The last record of a line counts.
  std::sort(index.entries_.begin(), index.entries_.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.key, a.offset) < std::tie(b.key, b.offset);
  });
  const auto last = [](const Entry& entry, const Entry& next) { return entry.key == next.key; };
  const auto kept = std::unique(index.entries_.rbegin(), index.entries_.rend(), last);
  index.entries_.erase(index.entries_.begin(), kept.base());
  index.entries_.shrink_to_fit();
  return index;
}

std::optional<Record> LogIndex::find(const std::string& url, std::uint64_t repeat) const {
  const std::uint64_t key = line_key(url, repeat);
  const auto found =
      std::lower_bound(entries_.begin(), entries_.end(), key,
                       [](const Entry& entry, std::uint64_t wanted) { return entry.key < wanted; });
  if (found == entries_.end() || found->key != key) return std::nullopt;
  std::optional<Record> record = read_record(log_, found->offset);
  if (!record || record->url != url || record->origin.repeat != repeat) return std::nullopt;
  return record;
}

}  // namespace fetch
