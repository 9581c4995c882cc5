#pragma once

#include <optional>

#include "loop/clock.hpp"

/// A clock that stands still until it is told that time has passed.
class FakeClock : public loop::Clock {
 public:
  explicit FakeClock(coro::ReadyQueue& ready) : Clock(ready) {}

  base::Time now() const override { return now_; }

  void pass(base::Duration time) {
    now_ += time;
    ring_due(now_);
  }

  /// False when no alarm is set.
  bool jump_to_earliest() {
    const std::optional<base::Time> next = earliest();
    if (!next) return false;
    now_ = std::max(now_, *next);
    ring_due(now_);
    return true;
  }

 private:
  void on_earliest_changed() override {}

  base::Time now_{};
};
