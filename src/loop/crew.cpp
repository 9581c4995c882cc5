#include "loop/crew.hpp"

#include <memory>

namespace loop {

/// One thread's way through the list. It is short, because what is finished is told at its end;
/// whoever ends tells it for all, also for those who are held up.
struct Crew::Shift {
  static constexpr int most_jobs = 16;

  uv_work_t request = {};
  Crew* crew;
};

/// Every job has ended. A thread whose jobs another one has told about may still be on its way.
Crew::~Crew() {
  while (working_ > 0) uv_run(loop_.native(), UV_RUN_ONCE);
}

void Crew::add(PoolJob& job) {
  if (added_.empty()) hand_over(loop_.ready(), *this);
  added_.push_back(&job);
}

/// Runs after everything that is ready now, and so for all whom the same event has woken.
coro::Spawned Crew::hand_over(coro::ReadyQueue&, Crew& crew) {
  std::size_t jobs = 0;
  {
    const std::lock_guard lock(crew.mutex_);
    crew.waiting_.insert(crew.waiting_.end(), crew.added_.begin(), crew.added_.end());
    jobs = crew.waiting_.size();
  }
  crew.added_.clear();
  crew.start_shifts(jobs);
  co_return;
}

void Crew::start_shifts(std::size_t jobs) {
  const auto run = [](uv_work_t* request) noexcept {
    static_cast<Shift*>(request->data)->crew->work();
  };
  const auto finish = [](uv_work_t* request, int) noexcept {
    const std::unique_ptr<Shift> ended(static_cast<Shift*>(request->data));
    ended->crew->finish_shift();
  };
  for (; working_ < most_ && jobs > 0; --jobs) {
    auto shift = std::make_unique<Shift>();
    shift->crew = this;
    shift->request.data = shift.get();
    insist(uv_queue_work(loop_.native(), &shift->request, run, finish), "cannot queue work");
    (void)shift.release();  // finish() takes it
    ++working_;
  }
}

void Crew::work() noexcept {
  std::unique_lock lock(mutex_);
  for (int i = 0; i < Shift::most_jobs && !waiting_.empty(); ++i) {
    PoolJob* const job = waiting_.front();
    waiting_.pop_front();
    lock.unlock();
    job->run();
    lock.lock();
    finished_.push_back(job);
  }
}

void Crew::finish_shift() {
  --working_;
  std::vector<PoolJob*> finished;
  std::size_t jobs = 0;
  {
    const std::lock_guard lock(mutex_);
    finished.swap(finished_);
    jobs = waiting_.size();
  }
  for (PoolJob* const job : finished) loop_.ready().post(job->coroutine);
  start_shifts(jobs);
}

}  // namespace loop
