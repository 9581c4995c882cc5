#include "loop/clock.hpp"

#include <algorithm>

namespace loop {

coro::Task<bool> Clock::sleep_until(base::Time time, std::stop_token stop) {
  coro::WaitList asleep(ready_);
  Alarm alarm(*this, [&asleep] { asleep.wake_one(); });
  alarm.set(time);
  co_return co_await asleep.wait(stop);
}

coro::Task<bool> Clock::sleep(base::Duration duration, std::stop_token stop) {
  return sleep_until(now() + duration, std::move(stop));
}

std::optional<base::Time> Clock::earliest() const {
  if (alarms_.empty()) return std::nullopt;
  return alarms_.begin()->first;
}

void Clock::ring_due(base::Time now) {
  while (!alarms_.empty() && alarms_.begin()->first <= now) {
    Alarm& alarm = *alarms_.begin()->second;
    alarms_.erase(alarms_.begin());
    alarm.place_.reset();
    alarm.ring_();
  }
}

void Clock::Alarm::set(base::Time time) {
  cancel();
  place_ = clock_.alarms_.emplace(time, this);
  if (*place_ == clock_.alarms_.begin()) clock_.on_earliest_changed();
}

void Clock::Alarm::cancel() {
  // The timer is left as it is: it then rings early, finds nothing due and is armed anew.
  if (place_) clock_.alarms_.erase(*place_);
  place_.reset();
}

LoopClock::LoopClock(Loop& loop)
    : Clock(loop.ready()),
      loop_(loop),
      timer_(make_handle<uv_timer_t>(
          [&loop](uv_timer_t* timer) { return uv_timer_init(loop.native(), timer); }, this)) {}

base::Time LoopClock::now() const {
  return std::chrono::steady_clock::now();
}

void LoopClock::on_earliest_changed() {
  arm();
}

void LoopClock::arm() {
  const std::optional<base::Time> next = earliest();
  if (!next) return;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*next - now());
  const auto on_timer = [](uv_timer_t* timer) noexcept {
    auto& clock = *static_cast<LoopClock*>(timer->data);
    clock.ring_due(clock.now());
    clock.arm();
  };
  // Never 0: libuv 1.44 does not leave its timers while a timer of 0 ms arms itself again. And
  // counted from now, not from the time at which the loop last looked.
  uv_update_time(loop_.native());
  insist(uv_timer_start(timer_.get(), on_timer,
                        static_cast<std::uint64_t>(std::max<std::int64_t>(wait.count(), 1)), 0),
         "cannot start a timer");
}

}  // namespace loop
