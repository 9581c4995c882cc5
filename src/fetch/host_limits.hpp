#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>

#include "base/units.hpp"
#include "coro/task.hpp"
#include "coro/wait_list.hpp"
#include "loop/clock.hpp"

namespace fetch {

class Turn;

/// Who may ask whom next: so many requests at once in all and of one host, so many new ones of a
/// host per second, and none of a host that wants to be left alone for a while. Hosts take turns;
/// the lines of one host go in the order in which they came. The next line of the list comes after
/// all that wait, so that a list is read but one line further than its hosts let it be fetched.
///
/// The ready queue and the clock must outlive it, and it whoever has or awaits a turn.
class HostLimits {
 public:
  struct Limits {
    std::size_t at_once = 10;             ///< in all, at least 1
    std::optional<std::size_t> per_host;  ///< at least 1
    std::optional<double> per_second;     ///< new ones of one host
  };

  HostLimits(coro::ReadyQueue& ready, loop::Clock& clock, Limits limits);
  HostLimits(const HostLimits&) = delete;
  HostLimits& operator=(const HostLimits&) = delete;

  /// A turn for the next line of the list: it is for no host yet. Nothing when `stop` came first.
  coro::Task<std::optional<Turn>> take(std::stop_token stop);

  /// Makes `turn` one for `host`. When the host is not ready, a turn for no host goes to somebody
  /// else meanwhile. False when `stop` came first.
  coro::Task<bool> admit(Turn& turn, std::string host, std::stop_token stop);

  /// Nobody gets a turn for `host` before `time`.
  void pause(const std::string& host, base::Time time);

  /// One request at once fewer from now on, but at least one.
  void lower();

  /// Turns that nobody has.
  std::size_t free() const { return free_; }

  /// Hosts that are asked, waited for, or left alone: the others are forgotten.
  std::size_t hosts() const { return hosts_.size(); }

 private:
  friend class Turn;

  struct Host {
    explicit Host(coro::ReadyQueue& ready) : waiting(ready) {}

    coro::WaitList waiting;
    std::size_t asked = 0;  ///< requests at once
    base::Time not_before{};
    bool is_queued = false;  ///< in `queue_` or in `resting_`
  };
  using Hosts = std::unordered_map<std::string, Host>;
  using Place = Hosts::pointer;  ///< stays valid, whatever else comes and goes

  Place find(const std::string& name);
  bool try_begin(Turn& turn, const std::string& name);
  bool is_ready(const Host& host) const;
  void begin(Host& host);
  void enqueue(Place place);
  void grant();
  void wake_rested();
  void release(Place place);
  void forget_if_unused(Place place);

  coro::ReadyQueue& ready_;
  loop::Clock& clock_;
  Limits limits_;
  std::size_t free_;
  std::size_t surplus_ = 0;  ///< turns that are not for anybody else when they are given back
  Hosts hosts_;
  std::deque<Place> queue_;                   ///< hosts that can be asked, in turn
  std::multimap<base::Time, Place> resting_;  ///< hosts that cannot yet
  loop::Clock::Alarm rested_;
  coro::WaitList unread_;
};

/// The right to have one request in flight; given back when it is destroyed or by give_back().
class [[nodiscard]] Turn {
 public:
  Turn() = default;  ///< none
  Turn(Turn&& other) noexcept;
  Turn& operator=(Turn&& other) noexcept;
  ~Turn() { give_back(); }

  /// At once; a second call does nothing.
  void give_back();

 private:
  friend class HostLimits;

  Turn(HostLimits& limits, HostLimits::Place place) : limits_(&limits), place_(place) {}

  HostLimits* limits_ = nullptr;       ///< null when it was given back
  HostLimits::Place place_ = nullptr;  ///< null while it is for no host
};

}  // namespace fetch
