#pragma once

#include <uv.h>

#include <functional>
#include <map>
#include <optional>
#include <stop_token>

#include "base/units.hpp"
#include "coro/task.hpp"
#include "coro/wait_list.hpp"
#include "loop/handle.hpp"
#include "loop/loop.hpp"

namespace loop {

/// Time as the program sees it, and alarms. A test replaces it by one that jumps.
/// Outlives its alarms and sleepers.
class Clock {
 public:
  class Alarm;

  explicit Clock(coro::ReadyQueue& ready) : ready_(ready) {}
  virtual ~Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;

  virtual base::Time now() const = 0;

  /// True when the time has come, false when `stop` came before.
  coro::Task<bool> sleep_until(base::Time time, std::stop_token stop = std::stop_token());
  coro::Task<bool> sleep(base::Duration duration, std::stop_token stop = std::stop_token());

 protected:
  std::optional<base::Time> earliest() const;

  /// Rings every alarm whose time is not after `now`.
  void ring_due(base::Time now);

  virtual void on_earliest_changed() = 0;

 private:
  using Alarms = std::multimap<base::Time, Alarm*>;

  coro::ReadyQueue& ready_;
  Alarms alarms_;
};

/// Calls back once when its time comes, unless it is set anew or destroyed before.
class Clock::Alarm {
 public:
  /// `ring` is called from the loop, never from set(). It records and posts; it must not throw.
  Alarm(Clock& clock, std::function<void()> ring) : clock_(clock), ring_(std::move(ring)) {}
  ~Alarm() { cancel(); }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  void set(base::Time time);
  void cancel();

 private:
  friend class Clock;

  Clock& clock_;
  std::function<void()> ring_;
  std::optional<Alarms::iterator> place_;
};

/// The real, monotonic clock of a loop. One libuv timer serves all alarms.
class LoopClock : public Clock {
 public:
  explicit LoopClock(Loop& loop);
  base::Time now() const override;

 private:
  void on_earliest_changed() override;
  void arm();

  Loop& loop_;
  Owned<uv_timer_t> timer_;
};

}  // namespace loop
