#include "packets/simulation.hpp"

#include <fmt/format.h>

#include <random>
#include <utility>
#include <vector>

namespace packets {
namespace {

/// Someone who has packets left to send.
struct Sender {
  std::string id;
  bool is_authorised = false;  ///< begins with auth and ends with disconnect
  std::uint64_t sent = 0;      ///< messages
  std::uint64_t messages = 0;  ///< in all
  bool has_begun = false;
};

using Random = std::mt19937_64;

/// From 0 to `below` - 1; the remainder's bias is of no matter here, and the same everywhere.
std::uint64_t draw(Random& random, std::uint64_t below) {
  return random() % below;
}

std::vector<Sender> make_senders(const SimulationOptions& options, Random& random) {
  std::vector<Sender> senders;
  for (std::uint64_t i = 0; i < options.users + options.strangers; ++i) {
    Sender sender;
    sender.is_authorised = i < options.users;
    sender.id = sender.is_authorised ? fmt::format("user-{}", i + 1)
                                     : fmt::format("stranger-{}", i - options.users + 1);
    sender.messages = options.messages.value_or(10 + draw(random, 11));
    sender.has_begun = !sender.is_authorised;
    senders.push_back(std::move(sender));
  }
  return senders;
}

bool has_ended(const Sender& sender) {
  return sender.sent == sender.messages && !sender.is_authorised && sender.has_begun;
}

std::string next_line(Sender& sender) {
  if (!std::exchange(sender.has_begun, true)) return fmt::format("auth {}\n", sender.id);
  if (sender.sent < sender.messages) {
    ++sender.sent;
    return fmt::format("{0} message {1} of {2} from {0}\n", sender.id, sender.sent,
                       sender.messages);
  }
  sender.is_authorised = false;
  return fmt::format("disconnect {}\n", sender.id);
}

}  // namespace

Lines simulate(SimulationOptions options) {
  Random random(options.seed);
  std::vector<Sender> senders = make_senders(options, random);
  std::erase_if(senders, has_ended);
  while (!senders.empty()) {
    const std::size_t index = draw(random, senders.size());
    std::string line = next_line(senders[index]);
    if (has_ended(senders[index])) {
      std::swap(senders[index], senders.back());
      senders.pop_back();
    }
    co_yield std::move(line);
  }
  Nothing nothing;
  co_return nothing;
}

}  // namespace packets
