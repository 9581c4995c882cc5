#include "disk/group_sync.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "coro/nursery.hpp"
#include "support/world.hpp"

TEST_SUITE_BEGIN("disk");

namespace {

using namespace std::chrono_literals;

/// A disk whose syncs take two seconds, and those who ask for them. Times are in milliseconds.
struct SlowDisk {
  using Askers = std::vector<std::pair<std::string, base::Duration>>;

  World world;
  int fails_at = 0;  ///< the sync that fails, counted from 1; 0: none
  int under_way = 0;
  std::vector<std::int64_t> syncs;                ///< when each began
  std::map<std::string, std::int64_t> answered;   ///< when each asker was told yes
  std::map<std::string, std::int64_t> sent_away;  ///< when each was told of a failure
  disk::GroupSync group{world.ready, world.clock, [this] { return sync(*this); }, 100ms};

  std::int64_t now() const { return world.clock.now().time_since_epoch() / 1ms; }

  static coro::Task<base::Result<void>> sync(SlowDisk& disk) {
    disk.syncs.push_back(disk.now());
    const bool fails = std::ssize(disk.syncs) == disk.fails_at;
    CHECK(++disk.under_way == 1);
    co_await disk.world.clock.sleep(2s);
    --disk.under_way;
    if (fails) co_return base::disk_failure(EIO, "sync");
    co_return base::Result<void>();
  }

  static coro::Task<> ask(SlowDisk& disk, std::string name, base::Duration at) {
    co_await disk.world.clock.sleep(at);
    const base::Result<void> synced = co_await disk.group.wait();
    (synced ? disk.answered : disk.sent_away)[name] = disk.now();
  }

  static coro::Task<> ask_all(coro::Nursery& nursery, SlowDisk& disk, Askers askers) {
    for (auto& [name, at] : askers) nursery.spawn(ask(disk, name, at));
    co_return;
  }

  /// Lets them ask, each at its time.
  void run(Askers askers) {
    world.run(coro::with_nursery(world.ready, {}, ask_all, std::ref(*this), std::move(askers)));
  }
};

using Times = std::vector<std::int64_t>;
using Answers = std::map<std::string, std::int64_t>;

}  // namespace

TEST_CASE("one sync answers all who asked while the group gathered") {
  SlowDisk disk;
  disk.run({{"a", 0ms}, {"b", 0ms}, {"c", 99ms}});
  CHECK(disk.syncs == Times{100});
  CHECK(disk.answered == Answers{{"a", 2100}, {"b", 2100}, {"c", 2100}});
}

TEST_CASE("who asks while a sync is under way is answered by the next one") {
  SlowDisk disk;
  disk.run({{"a", 0ms}, {"b", 101ms}, {"c", 2000ms}});
  CHECK(disk.syncs == Times{100, 2200});
  CHECK(disk.answered == Answers{{"a", 2100}, {"b", 4200}, {"c", 4200}});
}

TEST_CASE("an idle disk is asked again only when somebody asks") {
  SlowDisk disk;
  disk.run({{"a", 0ms}, {"b", 10'000ms}});
  CHECK(disk.syncs == Times{100, 10'100});
}

TEST_CASE("a whole group does not wait for more") {
  SlowDisk disk;
  SlowDisk::Askers askers(disk::GroupSync::whole_group - 1, {"early", 0ms});
  askers.emplace_back("last", 7ms);
  disk.run(askers);
  CHECK(disk.syncs == Times{7});
}

TEST_CASE("a whole group that came during a sync is next without delay") {
  SlowDisk disk;
  SlowDisk::Askers askers(disk::GroupSync::whole_group, {"late", 150ms});
  askers.emplace_back("first", 0ms);
  disk.run(askers);
  CHECK(disk.syncs == Times{100, 2100});
}

TEST_CASE("a sync that failed is told to everybody from then on, and not tried again") {
  SlowDisk disk;
  disk.fails_at = 2;
  disk.run({{"a", 0ms}, {"b", 101ms}, {"c", 2201ms}, {"d", 10'000ms}});
  CHECK(disk.syncs == Times{100, 2200});
  CHECK(disk.answered == Answers{{"a", 2100}});
  CHECK(disk.sent_away == Answers{{"b", 4200}, {"c", 4200}, {"d", 10'000}});
}

TEST_CASE("without time to gather, the first question begins a sync") {
  World world;
  int syncs = 0;
  struct Instant {
    static coro::Task<base::Result<void>> sync(int& count) {
      ++count;
      co_return base::Result<void>();
    }
    static coro::Task<> ask(disk::GroupSync& group) {
      for (int i = 0; i < 1000; ++i) {
        const base::Result<void> synced = co_await group.wait();
        CHECK(synced);
      }
    }
  };
  const disk::GroupSync::Sync sync = [&syncs] { return Instant::sync(syncs); };
  disk::GroupSync group(world.ready, world.clock, sync, 0ms);
  world.run(Instant::ask(group));
  CHECK(syncs == 1000);
  CHECK(world.clock.now() == base::Time());
}

TEST_SUITE_END();
