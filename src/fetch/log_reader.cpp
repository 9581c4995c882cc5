#include "fetch/log_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <vector>

#include "disk/line_splitter.hpp"
#include "disk/read_full.hpp"

namespace fetch {
namespace {

// A URL of 64 KiB and as much input, each byte of which may take six.
constexpr base::Bytes longest_record = 1 * base::MiB;
constexpr std::size_t read_size = 256 * base::KiB;

}  // namespace

base::Result<void> for_each_record(int log, const std::string& path,
                                   const std::function<void(std::uint64_t, const Record&)>& take) {
  disk::LineSplitter splitter(longest_record);
  std::vector<char> buffer(read_size);
  std::uint64_t read = 0;
  std::uint64_t line_begins_at = 0;
  std::uint64_t number = 0;
  for (;;) {
    const ssize_t count = disk::read_full(log, static_cast<off_t>(read), buffer);
    if (count < 0) return base::disk_failure(errno, fmt::format("cannot read the log {}", path));
    if (count == 0) return {};
    std::string_view unread(buffer.data(), static_cast<std::size_t>(count));
    read += unread.size();
    while (const auto line = splitter.next(unread)) {
      ++number;
      const base::Result<Record> record = parse_record(line->text);
      if (!record)
        return base::Failure(base::Kind::bad_url, 0,
                             fmt::format("{}, line {} is no record", path, number));
      take(line_begins_at, *record);
      line_begins_at = read - unread.size();
    }
  }
}

bool is_of_bad_line(const Record& record) {
  return record.kind == base::name(base::Kind::bad_url) ||
         record.kind == base::name(base::Kind::scheme);
}

std::uint64_t ordinal(const Record& record) {
  return is_of_bad_line(record) ? record.origin.n : record.origin.repeat;
}

std::optional<Record> read_record(int log, std::uint64_t offset) {
  constexpr std::size_t usual = 2 * base::KiB;
  std::string text;
  for (std::size_t size = usual; size <= longest_record * 2; size *= 4) {
    text.resize(size);
    const ssize_t count = disk::read_full(log, static_cast<off_t>(offset), text);
    if (count <= 0) return std::nullopt;
    text.resize(static_cast<std::size_t>(count));
    const std::size_t end = text.find('\n');
    if (end == std::string::npos) continue;
    base::Result<Record> record = parse_record(std::string_view(text).substr(0, end));
    if (!record) return std::nullopt;
    return std::move(*record);
  }
  return std::nullopt;
}

}  // namespace fetch
