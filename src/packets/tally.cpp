#include "packets/tally.hpp"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <string_view>
#include <utility>

namespace packets {

std::string summary(const Tally& tally) {
  std::string text = fmt::format("{} users, {} messages, {} bytes written; {} packets dropped",
                                 tally.users, tally.messages, tally.bytes, tally.dropped());
  const std::array<std::pair<std::uint64_t, std::string_view>, 7> reasons = {{
      {tally.not_authorised, "not authorised"},
      {tally.already_active, "already active"},
      {tally.not_connected, "not connected"},
      {tally.bad_ids, "bad ID"},
      {tally.too_long, "too long"},
      {tally.refused_messages, "file refused"},
      {tally.lost_messages, "disk failed"},
  }};
  std::string_view separator = ": ";
  for (const auto& [count, reason] : reasons) {
    if (count == 0) continue;
    fmt::format_to(std::back_inserter(text), "{}{} {}", separator, count, reason);
    separator = ", ";
  }
  return text += '\n';
}

}  // namespace packets
