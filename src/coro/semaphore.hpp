#pragma once

#include <cstddef>
#include <optional>
#include <stop_token>
#include <utility>

#include "coro/wait_list.hpp"

namespace coro {

class Semaphore;

/// The right to be one of N; given back when it is destroyed or by give_back().
class [[nodiscard]] Permit {
 public:
  explicit Permit(Semaphore& semaphore) : semaphore_(&semaphore) {}
  Permit(Permit&& other) noexcept : semaphore_(std::exchange(other.semaphore_, nullptr)) {}
  Permit& operator=(Permit&& other) noexcept {
    std::swap(semaphore_, other.semaphore_);
    return *this;
  }
  ~Permit() { give_back(); }

  /// At once, and to the longest waiting; a second call does nothing.
  void give_back();

 private:
  Semaphore* semaphore_;
};

/// At most N permits at once; who asks first gets the next one.
/// Invariant: when a permit is free, nobody waits.
class Semaphore {
 public:
  class Acquire;

  Semaphore(ReadyQueue& ready, std::size_t permits) : waiting_(ready), free_(permits) {}

  /// `std::optional<Permit> permit = co_await semaphore.acquire(stop)`: nothing when `stop` came
  /// first. The semaphore must outlive the permit.
  Acquire acquire(std::stop_token stop = std::stop_token());

  std::size_t free() const { return free_; }

 private:
  friend class Permit;

  /// The permit goes from hand to hand, so that a newcomer cannot overtake who was woken.
  void release() {
    if (!waiting_.wake_one()) ++free_;
  }

  WaitList waiting_;
  std::size_t free_;
};

class Semaphore::Acquire : public WaitList::Waiter {
 public:
  Acquire(Semaphore& semaphore, std::stop_token stop)
      : Waiter(semaphore.waiting_, std::move(stop)), semaphore_(semaphore) {}

  bool await_ready() noexcept {
    if (Waiter::await_ready()) return true;
    if (semaphore_.free_ == 0) return false;
    --semaphore_.free_;
    return taken_ = true;
  }

  std::optional<Permit> await_resume() {
    if (Waiter::await_resume() || taken_) return Permit(semaphore_);
    return std::nullopt;
  }

 private:
  Semaphore& semaphore_;
  bool taken_ = false;
};

inline Semaphore::Acquire Semaphore::acquire(std::stop_token stop) {
  return Acquire(*this, std::move(stop));
}

inline void Permit::give_back() {
  if (semaphore_) std::exchange(semaphore_, nullptr)->release();
}

}  // namespace coro
