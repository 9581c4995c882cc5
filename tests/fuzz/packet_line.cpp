// Lines of packets: what is taken for an ID can name a plain file, and nothing of the line is lost.
#include <cstdint>
#include <string_view>

#include "disk/line_splitter.hpp"
#include "insist.hpp"
#include "packets/packet.hpp"

namespace {

void check(std::string_view line) {
  using Kind = packets::Packet::Kind;
  const packets::Packet packet = packets::parse_packet(line);
  insist(packet.kind == Kind::message || packet.message.empty());
  if (!packets::is_id(packet.id)) return;
  insist(!packet.id.empty() && packet.id.size() <= 64);
  insist(packet.id.find_first_of(std::string_view("/.\0 \r", 5)) == std::string_view::npos);
}

}  // namespace

/// The first byte says where the rest is cut into two chunks.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view first(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string_view second = first.substr(first.size() * data[0] / 256);
  first.remove_suffix(second.size());

  disk::LineSplitter splitter(/*longest=*/40);
  for (std::string_view* chunk : {&first, &second}) {
    while (const auto line = splitter.next(*chunk)) {
      insist(line->text.size() <= 40);
      check(line->text);
    }
  }
  if (const auto last = splitter.rest()) check(last->text);
  return 0;
}
