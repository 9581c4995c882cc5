#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/result.hpp"
#include "base/units.hpp"
#include "coro/ready_queue.hpp"
#include "coro/task.hpp"
#include "coro/wait_list.hpp"
#include "disk/directory.hpp"
#include "loop/clock.hpp"
#include "loop/loop.hpp"

namespace disk {

/// Answers many coroutines with few syncs: "is what was written before I asked durable now?" A sync
/// covers everybody who asked before it began; who asks while one is under way is covered by the
/// next. There is never more than one at a time.
///
/// A sync that failed is never tried again. The system tells of a lost page only once, so that
/// another sync might succeed without it: from the first failure on, that failure is everybody's
/// answer.
class GroupSync {
 public:
  using Sync = std::function<coro::Task<base::Result<void>>()>;

  /// So many who wait are a group, and the next sync is not put off any longer.
  static constexpr std::size_t whole_group = 256;

  /// `gathering`: how long a smaller group waits for others, counted from its first question or the
  /// end of the last sync, whichever is later; 0 for not at all. The queue and the clock outlive
  /// it, and so does what `sync` needs.
  GroupSync(coro::ReadyQueue& ready, loop::Clock& clock, Sync sync, base::Duration gathering);

  /// The same for a call that blocks: it is made on the pool.
  GroupSync(loop::Loop& loop, loop::Clock& clock, std::function<base::Result<void>()> sync,
            base::Duration gathering);

  /// Returns when a sync that began after this call has ended, or with the first failure there was.
  coro::Task<base::Result<void>> wait();

 private:
  coro::Task<> sync_group();
  coro::Task<> gather();

  loop::Clock& clock_;
  Sync sync_;
  base::Duration gathering_;
  bool is_led_ = false;  ///< somebody gathers a group or syncs for it
  std::uint64_t asked_ = 0;
  std::uint64_t covered_ = 0;  ///< of those who asked
  base::Result<void> outcome_;
  coro::WaitList gathered_;
  coro::WaitList ended_;
};

/// What the files of a directory wait for when they become durable in groups: first their bytes,
/// then their names. The loop, the clock and the directory outlive it.
class DirectorySync {
 public:
  static constexpr base::Duration gathering = std::chrono::milliseconds(100);

  DirectorySync(loop::Loop& loop, loop::Clock& clock, Directory& directory);

  GroupSync bytes;  ///< of what is written and closed; covers the whole file system
  GroupSync names;  ///< of what was published
};

}  // namespace disk
