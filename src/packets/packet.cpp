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

}  // namespace packets
