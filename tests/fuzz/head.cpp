// Heads of responses, and the values in them that are more than text.
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/head.hpp"
#include "http/head_values.hpp"
#include "insist.hpp"

namespace {

void check_values(const std::string& value) {
  const auto now = std::chrono::system_clock::from_time_t(1'600'000'000);
  if (const auto wait = http::parse_retry_after(value, now))
    insist(wait->count() >= 0 && *wait <= std::chrono::years(30));
  if (const auto range = http::parse_content_range(value)) {
    insist(range->first <= range->last);
    insist(!range->length || range->last < *range->length);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_values(std::string(text));
  http::HeadReader reader;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (!reader.add_line(line)) return 0;
  }
  if (!reader.is_complete()) return 0;
  const http::Head& head = reader.head();
  insist(head.status >= 200 && head.status < 600 && head.status != 101);
  insist(!head.is_chunked || !head.length);
  check_values(head.retry_after);
  check_values(head.content_range);
  return 0;
}
