#include "disk/group_sync.hpp"

#include <utility>

#include "disk/publish.hpp"
#include "loop/pool_work.hpp"

namespace disk {
namespace {

coro::Task<base::Result<void>> call_on_pool(loop::Loop& loop,
                                            std::function<base::Result<void>()> call) {
  co_return co_await loop::on_pool(loop, std::move(call));
}

}  // namespace

GroupSync::GroupSync(coro::ReadyQueue& ready, loop::Clock& clock, Sync sync,
                     base::Duration gathering)
    : clock_(clock),
      sync_(std::move(sync)),
      gathering_(gathering),
      gathered_(ready),
      ended_(ready) {}

GroupSync::GroupSync(loop::Loop& loop, loop::Clock& clock, std::function<base::Result<void>()> sync,
                     base::Duration gathering)
    : GroupSync(
          loop.ready(), clock, [&loop, call = std::move(sync)] { return call_on_pool(loop, call); },
          gathering) {}

coro::Task<base::Result<void>> GroupSync::wait() {
  const std::uint64_t mine = ++asked_;
  if (asked_ - covered_ >= whole_group) gathered_.wake_one();
  while (covered_ < mine && outcome_) {
    if (is_led_)
      co_await ended_.wait();
    else
      co_await sync_group();
  }
  // A later sync may have failed since ours succeeded.
  if (covered_ >= mine) co_return base::Result<void>();
  co_return outcome_;
}

/// Done by one of those who wait, for all of them.
coro::Task<> GroupSync::sync_group() {
  is_led_ = true;
  co_await gather();
  const std::uint64_t covers = asked_;
  const base::Result<void> synced = co_await sync_();
  if (synced)
    covered_ = covers;
  else
    outcome_ = synced;
  is_led_ = false;
  ended_.wake_all();
}

coro::Task<> GroupSync::gather() {
  const bool has_to_wait = gathering_ > base::Duration::zero() && asked_ - covered_ < whole_group;
  if (!has_to_wait) co_return;
  loop::Clock::Alarm alarm(clock_, [this] { gathered_.wake_one(); });
  alarm.set(clock_.now() + gathering_);
  co_await gathered_.wait();
}

DirectorySync::DirectorySync(loop::Loop& loop, loop::Clock& clock, Directory& directory)
    : bytes(
          loop, clock, [&directory] { return blocking::sync_files(directory.descriptor()); },
          gathering),
      names(loop, clock, [&directory] { return directory.sync_names(); }, gathering) {}

}  // namespace disk
