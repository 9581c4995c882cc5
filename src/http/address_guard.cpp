#include "http/address_guard.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace http {
namespace {

struct Block4 {
  std::array<std::uint8_t, 4> begin;
  int bits;
};

constexpr std::array<Block4, 15> not_public_4 = {{
    {{0, 0, 0, 0}, 8},        // this network
    {{10, 0, 0, 0}, 8},       // private
    {{100, 64, 0, 0}, 10},    // carriers' shared space
    {{127, 0, 0, 0}, 8},      // loopback
    {{169, 254, 0, 0}, 16},   // link-local
    {{172, 16, 0, 0}, 12},    // private
    {{192, 0, 0, 0}, 24},     // protocol assignments
    {{192, 0, 2, 0}, 24},     // documentation
    {{192, 88, 99, 0}, 24},   // 6to4 relays
    {{192, 168, 0, 0}, 16},   // private
    {{198, 18, 0, 0}, 15},    // benchmarks
    {{198, 51, 100, 0}, 24},  // documentation
    {{203, 0, 113, 0}, 24},   // documentation
    {{224, 0, 0, 0}, 4},      // multicast
    {{240, 0, 0, 0}, 4},      // reserved, broadcast
}};

template <std::size_t Size>
bool begins_with(const std::array<std::uint8_t, Size>& address, const std::uint8_t* block,
                 int bits) {
  const int whole = bits / 8;
  const int rest = bits % 8;
  if (!std::equal(block, block + whole, address.begin())) return false;
  const auto place = static_cast<std::size_t>(whole);
  return rest == 0 || ((address[place] ^ block[place]) >> (8 - rest)) == 0;
}

bool is_public_4(const std::array<std::uint8_t, 4>& address) {
  return std::none_of(not_public_4.begin(), not_public_4.end(), [&](const Block4& block) {
    return begins_with(address, block.begin.data(), block.bits);
  });
}

bool is_public_6(const std::array<std::uint8_t, 16>& address) {
  using Bytes = std::array<std::uint8_t, 12>;
  constexpr Bytes mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  constexpr Bytes translated = {0, 0x64, 0xff, 0x9b};
  constexpr Bytes six_to_four = {0x20, 0x02};
  constexpr Bytes teredo_and_other_protocols = {0x20, 0x01, 0x00};
  constexpr Bytes documentation = {0x20, 0x01, 0x0d, 0xb8};
  constexpr Bytes global = {0x20};
  const auto wrapped = [&](std::size_t place) {
    std::array<std::uint8_t, 4> address_4{};
    std::copy_n(address.begin() + static_cast<std::ptrdiff_t>(place), 4, address_4.begin());
    return address_4;
  };
  if (begins_with(address, mapped.data(), 96) || begins_with(address, translated.data(), 96))
    return is_public_4(wrapped(12));
  if (begins_with(address, six_to_four.data(), 16)) return is_public_4(wrapped(2));
  return begins_with(address, global.data(), 3) &&
         !begins_with(address, teredo_and_other_protocols.data(), 23) &&
         !begins_with(address, documentation.data(), 32);
}

}  // namespace

bool is_public(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in&>(address).sin_addr,
                bytes.size());
    return is_public_4(bytes);
  }
  if (address.sa_family != AF_INET6) return false;
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr,
              bytes.size());
  return is_public_6(bytes);
}

bool is_public(const std::string& address) {
  std::array<std::uint8_t, 4> bytes_4{};
  if (inet_pton(AF_INET, address.c_str(), bytes_4.data()) == 1) return is_public_4(bytes_4);
  std::array<std::uint8_t, 16> bytes_6{};
  return inet_pton(AF_INET6, address.c_str(), bytes_6.data()) == 1 && is_public_6(bytes_6);
}

}  // namespace http
