#include "loop/workers.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace loop {

/// What the threads see. It outlives the workers as long as a thread is in a call.
struct Workers::Shared {
  std::mutex mutex;
  std::condition_variable has_work;
  std::deque<Work> waiting;
  std::vector<bool> in_call;  // by thread
  std::vector<std::function<void()>> finished;
  uv_async_t* wake = nullptr;  ///< null when the workers are gone
};

Workers::Workers(Loop& loop)
    : wake_(make_handle<uv_async_t>(
          [&loop](uv_async_t* async) {
            return uv_async_init(loop.native(), async, [](uv_async_t* awake) noexcept {
              static_cast<Workers*>(awake->data)->call_back();
            });
          },
          this)),
      shared_(std::make_shared<Shared>()) {
  shared_->wake = wake_.get();
  // Only a call that runs keeps the loop waiting.
  uv_unref(reinterpret_cast<uv_handle_t*>(wake_.get()));
}

Workers::~Workers() {
  std::vector<std::thread> idle;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->wake = nullptr;
    shared_->waiting.clear();
    shared_->has_work.notify_all();
    for (std::size_t i = 0; i < threads_.size(); ++i) {
      if (shared_->in_call[i])
        threads_[i].detach();
      else
        idle.push_back(std::move(threads_[i]));
    }
  }
  for (std::thread& thread : idle) thread.join();
}

bool Workers::start(Work work) {
  if (unfinished_ == threads_.size() && !add_thread() && threads_.empty()) return false;
  if (unfinished_++ == 0) uv_ref(reinterpret_cast<uv_handle_t*>(wake_.get()));
  const std::lock_guard lock(shared_->mutex);
  shared_->waiting.push_back(std::move(work));
  shared_->has_work.notify_one();
  return true;
}

bool Workers::add_thread() {
  const std::lock_guard lock(shared_->mutex);
  try {
    threads_.emplace_back(serve, shared_, threads_.size());
  } catch (const std::system_error&) {
    return false;
  }
  shared_->in_call.push_back(false);
  return true;
}

void Workers::serve(std::shared_ptr<Shared> shared, std::size_t place) {
  std::unique_lock lock(shared->mutex);
  for (;;) {
    shared->has_work.wait(lock, [&] { return !shared->waiting.empty() || !shared->wake; });
    if (!shared->wake) return;
    const Work work = std::move(shared->waiting.front());
    shared->waiting.pop_front();
    shared->in_call[place] = true;
    lock.unlock();
    std::function<void()> call_back = work();
    lock.lock();
    if (!shared->wake) return;
    shared->in_call[place] = false;
    shared->finished.push_back(std::move(call_back));
    uv_async_send(shared->wake);
  }
}

void Workers::call_back() {
  std::vector<std::function<void()>> finished;
  {
    const std::lock_guard lock(shared_->mutex);
    finished.swap(shared_->finished);
  }
  unfinished_ -= finished.size();
  if (unfinished_ == 0) uv_unref(reinterpret_cast<uv_handle_t*>(wake_.get()));
  for (const std::function<void()>& call_back : finished) call_back();
}

}  // namespace loop
