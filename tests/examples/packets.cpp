#include "packets/scheduler.hpp"

#include <cstdio>

#include "loop/loop.hpp"

coro::Task<> sort(coro::Nursery& users, coro::ReadyQueue& ready, packets::Desk& desk) {
  packets::Scheduler scheduler(ready, users, desk);
  for (const char* line : {"auth ann", "ann hello", "bob who am I?", "ann bye", "disconnect ann"})
    scheduler.take(disk::LineSplitter::Line{line});
  scheduler.finish();
  co_await users.join();
}

int main() {
  loop::Loop loop;
  auto directory = disk::Directory::open_or_make("sorted");
  if (!directory) return 1;
  disk::AppendFiles files(loop, *directory, /*most_open=*/100);
  packets::Desk desk(loop.ready(), files);
  loop.run(coro::with_nursery(loop.ready(), {}, sort, std::ref(loop.ready()), std::ref(desk)));
  std::fputs(packets::summary(desk.tally).c_str(), stdout);  // sorted/ann.txt: hello, bye
}
