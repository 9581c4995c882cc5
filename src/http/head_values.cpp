#include "http/head_values.hpp"

#include <curl/curl.h>

#include <algorithm>

#include "base/text.hpp"

namespace http {
namespace {

constexpr std::chrono::seconds longest_wait = std::chrono::years(30);

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::optional<std::chrono::seconds> parse_retry_after(const std::string& value,
                                                      base::SystemTime now) {
  if (is_number(value)) {
    const std::uint64_t most = longest_wait.count();
    return std::chrono::seconds(std::min(base::parse_unsigned(value).value_or(most), most));
  }
  const std::time_t date = curl_getdate(value.c_str(), nullptr);
  if (date < 0) return std::nullopt;
  // In whole seconds: the clock's own type does not reach the year 9999.
  const std::chrono::seconds wait(date - std::chrono::system_clock::to_time_t(now));
  return std::clamp(wait, std::chrono::seconds::zero(), longest_wait);
}

std::optional<ContentRange> parse_content_range(std::string_view value) {
  constexpr std::string_view unit = "bytes ";
  if (base::to_lower(value.substr(0, unit.size())) != unit) return std::nullopt;
  value.remove_prefix(unit.size());
  const std::size_t slash = value.find('/');
  const std::size_t dash = value.find('-');
  if (slash == std::string_view::npos || dash == std::string_view::npos || dash > slash)
    return std::nullopt;
  const std::optional<base::Bytes> first = base::parse_unsigned(value.substr(0, dash));
  const std::optional<base::Bytes> last =
      base::parse_unsigned(value.substr(dash + 1, slash - dash - 1));
  const std::string_view whole = value.substr(slash + 1);
  const std::optional<base::Bytes> length = base::parse_unsigned(whole);
  if (!first || !last || *last < *first) return std::nullopt;
  if (whole != "*" && (!length || *length <= *last)) return std::nullopt;
  return ContentRange{*first, *last, length};
}

}  // namespace http
