#include "fetch/final_records.hpp"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <vector>

#include "fetch/log_index.hpp"
#include "fetch/log_reader.hpp"

namespace fetch {
namespace {

struct Seen {
  std::uint64_t line = 0;  ///< its key
  std::uint64_t offset = 0;
  Status status = Status::failed;
};

/// Of the records of one line, in their order, the one that counts.
std::uint64_t final_of(const Seen* first, const Seen* end) {
  const Seen* last = end - 1;
  if (last->status == Status::skipped) {
    for (const Seen* one = last; one != first;) {
      if ((--one)->status == Status::saved) return one->offset;
    }
  }
  return last->offset;
}

std::vector<std::uint64_t> final_offsets(std::vector<Seen> seen) {
  std::sort(seen.begin(), seen.end(), [](const Seen& a, const Seen& b) {
    return std::tie(a.line, a.offset) < std::tie(b.line, b.offset);
  });
  std::vector<std::uint64_t> offsets;
  const Seen* const end = seen.data() + seen.size();
  for (const Seen* first = seen.data(); first != end;) {
    const Seen* const next =
        std::find_if(first, end, [first](const Seen& e) { return e.line != first->line; });
    offsets.push_back(final_of(first, next));
    first = next;
  }
  std::sort(offsets.begin(), offsets.end());
  return offsets;
}

}  // namespace

base::Result<void> for_each_final_record(int log, const std::string& path,
                                         const std::function<void(const Record&)>& take) {
  std::vector<Seen> seen;
  const base::Result<void> read =
      for_each_record(log, path, [&seen](std::uint64_t offset, const Record& record) {
        seen.push_back({line_key(record.url, ordinal(record)), offset, record.status});
      });
  if (!read) return read;

  const std::vector<std::uint64_t> offsets = final_offsets(std::move(seen));
  auto next = offsets.begin();
  return for_each_record(log, path, [&](std::uint64_t offset, const Record& record) {
    if (next == offsets.end() || *next != offset) return;
    ++next;
    take(record);
  });
}

}  // namespace fetch
