#include "packets/packet.hpp"

#include <algorithm>
#include <array>

namespace packets {
namespace {

constexpr std::size_t longest_id = 64;

constexpr std::array<bool, 256> make_id_characters() {
  std::array<bool, 256> is_allowed{};
  for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789_-"))
    is_allowed[static_cast<unsigned char>(c)] = true;
  return is_allowed;
}

constexpr std::array<bool, 256> id_characters = make_id_characters();

}  // namespace

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= longest_id && text != "auth" && text != "disconnect" &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return id_characters[static_cast<unsigned char>(c)]; });
}

Packet parse_packet(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t blank = line.find(' ');
  const std::string_view first = line.substr(0, blank);
  const std::string_view rest =
      blank == std::string_view::npos ? std::string_view() : line.substr(blank + 1);

  Packet packet;
  packet.kind = first == "auth"         ? Packet::Kind::auth
                : first == "disconnect" ? Packet::Kind::disconnect
                                        : Packet::Kind::message;
  packet.id = packet.kind == Packet::Kind::message ? first : rest;
  if (packet.kind == Packet::Kind::message) packet.message = rest;
  return packet;
}

}  // namespace packets
