#include "loop/pool.hpp"

#include <utility>

#include "loop/handle.hpp"

namespace loop {

struct Pool::Batch {
  uv_work_t request = {};
  Pool* pool;
  std::vector<PoolJob*> jobs;
};

bool Pool::start_batches() {
  if (waiting_.empty() || running_ == most_running) return false;
  const bool has_grown = waiting_.size() > std::exchange(waited_, waiting_.size());
  if (has_grown && waiting_.size() < full_batch) return true;
  waited_ = 0;
  start(std::exchange(waiting_, std::vector<PoolJob*>()));
  return false;
}

void Pool::start(std::vector<PoolJob*> jobs) {
  auto batch = std::make_unique<Batch>();
  batch->pool = this;
  batch->jobs = std::move(jobs);
  batch->request.data = batch.get();
  const auto run = [](uv_work_t* request) noexcept {
    for (PoolJob* const job : static_cast<Batch*>(request->data)->jobs) job->run();
  };
  const auto finish = [](uv_work_t* request, int) noexcept {
    std::unique_ptr<Batch> ended(static_cast<Batch*>(request->data));
    ended->pool->finish(std::move(ended));
  };
  insist(uv_queue_work(&loop_, &batch->request, run, finish), "cannot queue work");
  (void)batch.release();  // finish() takes it
  ++running_;
}

void Pool::finish(std::unique_ptr<Batch> batch) {
  --running_;
  for (PoolJob* const job : batch->jobs) ready_.post(job->coroutine);
}

}  // namespace loop
