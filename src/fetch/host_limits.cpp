#include "fetch/host_limits.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace fetch {

HostLimits::HostLimits(coro::ReadyQueue& ready, loop::Clock& clock, Limits limits)
    : ready_(ready),
      clock_(clock),
      limits_(limits),
      free_(limits.at_once),
      rested_(clock, [this] { wake_rested(); }),
      unread_(ready) {}

coro::Task<std::optional<Turn>> HostLimits::take(std::stop_token stop) {
  bool may_read = !stop.stop_requested();
  if (may_read && free_ > 0)
    --free_;
  else if (may_read)
    may_read = co_await unread_.wait(stop);
  if (!may_read) co_return std::nullopt;
  co_return Turn(*this, nullptr);
}

coro::Task<bool> HostLimits::admit(Turn& turn, std::string host, std::stop_token stop) {
  if (stop.stop_requested()) co_return false;
  bool is_admitted = try_begin(turn, host);
  if (!is_admitted) {
    turn.give_back();
    is_admitted = try_begin(turn, host);  // those before us may have gone now
  }
  if (is_admitted) co_return true;

  const Place place = find(host);
  enqueue(place);
  is_admitted = co_await place->second.waiting.wait(stop);
  if (is_admitted)
    turn = Turn(*this, place);
  else if (const auto unused = hosts_.find(host); unused != hosts_.end())
    forget_if_unused(&*unused);
  co_return is_admitted;
}

/// Begins a request with the turn that is there or a free one, unless others wait for the host.
bool HostLimits::try_begin(Turn& turn, const std::string& name) {
  const bool has_turn = turn.limits_ != nullptr;
  const Place place = find(name);
  Host& host = place->second;
  if ((!has_turn && free_ == 0) || !host.waiting.empty() || !is_ready(host)) return false;
  begin(host);
  if (!has_turn) {
    --free_;
    turn.limits_ = this;
  }
  turn.place_ = place;
  return true;
}

void HostLimits::pause(const std::string& host, base::Time time) {
  const Place place = find(host);
  place->second.not_before = std::max(place->second.not_before, time);
  enqueue(place);
}

void HostLimits::lower() {
  if (limits_.at_once == 1) return;
  --limits_.at_once;
  if (free_ > 0)
    --free_;
  else
    ++surplus_;
}

HostLimits::Place HostLimits::find(const std::string& name) {
  return &*hosts_.try_emplace(name, ready_).first;
}

bool HostLimits::is_ready(const Host& host) const {
  return (!limits_.per_host || host.asked < *limits_.per_host) && clock_.now() >= host.not_before;
}

void HostLimits::begin(Host& host) {
  ++host.asked;
  if (!limits_.per_second) return;
  const std::chrono::duration<double> apart(1.0 / *limits_.per_second);
  host.not_before =
      std::max(host.not_before, clock_.now()) + std::chrono::duration_cast<base::Duration>(apart);
}

/// Has the host looked at when its turn comes, or its rest is over. One that is asked as often as
/// it may be is looked at when one of its requests ends.
void HostLimits::enqueue(Place place) {
  Host& host = place->second;
  if (host.is_queued || (limits_.per_host && host.asked >= *limits_.per_host)) return;
  host.is_queued = true;
  if (clock_.now() >= host.not_before) return queue_.push_back(place);
  resting_.emplace(host.not_before, place);
  rested_.set(resting_.begin()->first);
}

void HostLimits::grant() {
  while (free_ > 0 && !queue_.empty()) {
    const Place place = queue_.front();
    queue_.pop_front();
    Host& host = place->second;
    host.is_queued = false;
    if (is_ready(host) && host.waiting.wake_one()) {
      --free_;
      begin(host);
    }
    if (host.waiting.empty())
      forget_if_unused(place);
    else
      enqueue(place);
  }
  while (free_ > 0 && unread_.wake_one()) --free_;
}

void HostLimits::wake_rested() {
  const auto end = resting_.upper_bound(clock_.now());
  for (auto rested = resting_.begin(); rested != end; rested = resting_.erase(rested))
    queue_.push_back(rested->second);
  if (!resting_.empty()) rested_.set(resting_.begin()->first);
  grant();
}

void HostLimits::release(Place place) {
  if (surplus_ > 0)
    --surplus_;
  else
    ++free_;
  if (place) {
    --place->second.asked;
    if (place->second.waiting.empty())
      forget_if_unused(place);
    else
      enqueue(place);
  }
  grant();
}

void HostLimits::forget_if_unused(Place place) {
  const Host& host = place->second;
  if (host.asked > 0 || !host.waiting.empty() || host.is_queued) return;
  if (clock_.now() < host.not_before) return enqueue(place);  // until its rest is over
  hosts_.erase(place->first);
}

Turn::Turn(Turn&& other) noexcept
    : limits_(std::exchange(other.limits_, nullptr)), place_(other.place_) {}

Turn& Turn::operator=(Turn&& other) noexcept {
  std::swap(limits_, other.limits_);
  std::swap(place_, other.place_);
  return *this;
}

void Turn::give_back() {
  if (limits_) std::exchange(limits_, nullptr)->release(place_);
}

}  // namespace fetch
