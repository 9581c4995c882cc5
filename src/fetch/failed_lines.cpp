#include "fetch/failed_lines.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "fetch/log_reader.hpp"

namespace fetch {

base::Result<FailedLines> FailedLines::read(base::FileDescriptor log, const std::string& path) {
  std::map<std::string, std::uint64_t> lists;
  std::map<std::pair<std::string, std::uint64_t>, Line> failed;  // by URL and ordinal
  const auto take = [&](std::uint64_t offset, const Record& record) {
    const std::uint64_t list = lists.try_emplace(record.origin.list, lists.size()).first->second;
    std::pair<std::string, std::uint64_t> key(record.url, ordinal(record));
    if (record.status == Status::failed)
      failed[std::move(key)] = Line{list, record.origin.n, offset};
    else
      failed.erase(key);
  };
  if (const auto read = for_each_record(log.number(), path, take); !read) return read.error();

  FailedLines lines;
  lines.log_ = std::move(log);
  for (const auto& [key, line] : failed) lines.lines_.push_back(line);
  std::sort(lines.lines_.begin(), lines.lines_.end(), [](const Line& a, const Line& b) {
    return std::tie(a.list, a.n, a.offset) < std::tie(b.list, b.n, b.offset);
  });
  return lines;
}

Entry FailedLines::next() {
  std::optional<Record> record = read_record(log_.number(), lines_[next_++].offset);
  if (!record) {
    const base::Failure gone(base::Kind::bad_url, 0, "the log changed while it was read");
    return BadLine{Origin(), "", gone};
  }
  if (is_of_bad_line(*record)) {
    const bool is_scheme = record->kind == base::name(base::Kind::scheme);
    const base::Failure failure(is_scheme ? base::Kind::scheme : base::Kind::bad_url, 0,
                                std::move(record->error));
    return BadLine{std::move(record->origin), std::move(record->url), failure};
  }
  base::Result<http::Url> url = http::Url::parse(record->url);
  if (!url) return BadLine{std::move(record->origin), std::move(record->url), url.error()};
  Job job{std::move(record->origin),
          std::move(*url),
          std::move(record->out),
          {},
          std::move(record->wanted_sha256),
          {},
          {}};
  return job;
}

}  // namespace fetch
