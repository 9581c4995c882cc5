#include "http/connect_times.hpp"

#include <algorithm>
#include <chrono>

namespace http {

using namespace std::chrono_literals;

void ConnectTimes::note(const std::string& address, base::Duration took) {
  constexpr std::size_t most = 4096;
  if (best_.size() == most && !best_.contains(address)) best_.clear();  // what is used comes back
  const auto [best, is_new] = best_.emplace(address, took);
  if (!is_new) best->second = std::min(best->second, took);
}

bool ConnectTimes::is_overlooked(const std::string& address, base::Duration waited) const {
  const auto best = best_.find(address);
  return best != best_.end() && best->second <= waited / 4;
}

std::optional<base::Duration> ConnectTimes::patience(int times) {
  constexpr base::Duration first = 100ms;
  constexpr int most_times = 4;
  constexpr unsigned steps = 16;
  if (times >= most_times) return std::nullopt;
  const base::Duration least = first * (1 << times);
  return least + least / steps * (asked_++ % steps);
}

}  // namespace http
