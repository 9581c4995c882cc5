#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "coro/generator.hpp"

namespace packets {

/// What a simulated server sends.
struct SimulationOptions {
  std::uint64_t users = 10;               ///< who are authorised before they send
  std::uint64_t strangers = 2;            ///< who never are
  std::optional<std::uint64_t> messages;  ///< of each; nothing: 10 to 20, at random
  std::uint64_t seed = 0;
};

struct Nothing {};
using Lines = coro::Generator<std::string, Nothing, Nothing>;

/// A stream of packets as its lines, LF included: each user's come in order, and whose is next is
/// drawn at random. The same options give the same stream.
Lines simulate(SimulationOptions options);

}  // namespace packets
