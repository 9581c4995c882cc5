#include "fetch/publish.hpp"

namespace fetch {
namespace {

using Published = base::Result<disk::Published>;

disk::IfThere if_there(const Options& options, const ClaimedName& name) {
  const bool replaces = name.is_ours || options.on_collision == OnCollision::overwrite;
  return replaces ? disk::IfThere::replace : disk::IfThere::compare;
}

disk::Sync sync(const Options& options) {
  return options.durability == Durability::file ? disk::Sync::each : disk::Sync::none;
}

bool is_taken(const Published& published) {
  return published && *published == disk::Published::is_taken;
}

base::Result<void> without_how(const Published& published) {
  if (!published) return published.error();
  return {};
}

void take_next_number(Run& run, ClaimedName& name) {
  name.number = run.names.claim(name.name);
}

coro::Task<Published> give_name(Run& run, disk::PartFile& part, ClaimedName& name) {
  for (;;) {
    const Published published =
        co_await part.publish(name.text(), if_there(run.options, name), sync(run.options));
    if (!is_taken(published)) co_return published;
    take_next_number(run, name);
  }
}

}  // namespace

coro::Task<base::Result<void>> publish(Run& run, disk::PartFile& part, ClaimedName& name) {
  const Published published = co_await give_name(run, part, name);
  co_return without_how(published);
}

coro::Task<base::Result<void>> publish_in_group(Run& run, disk::PartFile& part, ClaimedName& name) {
  base::Result<void> synced = co_await run.sync.bytes.wait();
  if (!synced) co_return synced;
  const Published published = co_await give_name(run, part, name);
  if (!published) co_return published.error();
  // Whoever wrote the file that was there may have left its bytes to the system.
  if (*published == disk::Published::was_there) synced = co_await run.sync.bytes.wait();
  if (synced) synced = co_await run.sync.names.wait();
  co_return synced;
}

coro::Task<base::Result<void>> publish_whole(Run& run, std::string& bytes, ClaimedName& name) {
  for (;;) {
    const Published published =
        co_await disk::save_whole(run.loop, run.directory, name.text(), bytes,
                                  if_there(run.options, name), sync(run.options));
    if (!is_taken(published)) co_return without_how(published);
    take_next_number(run, name);
  }
}

}  // namespace fetch
