#include "fetch/save_body.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "disk/part_file.hpp"
#include "fetch/digest.hpp"

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

/// The digest of a body, when the job asks for one.
class DigestCheck {
 public:
  explicit DigestCheck(std::string expected) : expected_(std::move(expected)) {
    if (!expected_.empty()) digest_.emplace();
  }

  void add(std::string_view bytes) {
    if (digest_) digest_->add(bytes);
  }

  base::Result<void> compare(Outcome& outcome) {
    if (!digest_) return {};
    outcome.sha256 = digest_->hex();
    if (outcome.sha256 == expected_) return {};
    return base::Failure(base::Kind::checksum, 0,
                         fmt::format("its sha256 is {}, not {}", outcome.sha256, expected_));
  }

 private:
  std::string expected_;
  std::optional<Sha256> digest_;
};

/// Somebody else's file has the name: another number, until one is free.
void take_next_name(Run& run, ClaimedName& name) {
  name.number = run.names.claim(name.name);
}

bool is_taken(const Published& published) {
  return published && *published == disk::Published::is_taken;
}

coro::Task<base::Result<void>> save_small(Run& run, http::Piece& piece, ClaimedName& name) {
  for (;;) {
    const Published published =
        co_await disk::save_whole(run.loop, run.directory, name.text(), piece.bytes,
                                  if_there(run.options, name), sync(run.options));
    if (!published) co_return published.error();
    if (!is_taken(published)) co_return base::Result<void>();
    take_next_name(run, name);
  }
}

coro::Task<Published> publish(Run& run, disk::PartFile& part, ClaimedName& name) {
  for (;;) {
    const Published published =
        co_await part.publish(name.text(), if_there(run.options, name), sync(run.options));
    if (!is_taken(published)) co_return published;
    take_next_name(run, name);
  }
}

/// Publishes a part that was closed, between the syncs that it shares with others. What waits here
/// is only a name in memory: no permit, no descriptor and no bytes.
coro::Task<base::Result<void>> publish_in_group(Run& run, disk::PartFile& part, ClaimedName& name) {
  base::Result<void> synced = co_await run.sync.bytes.wait();
  if (!synced) co_return synced;
  const Published published = co_await publish(run, part, name);
  if (!published) co_return published.error();
  // Whoever wrote the file that was there may have left its bytes to the system.
  if (*published == disk::Published::was_there) synced = co_await run.sync.bytes.wait();
  if (synced) synced = co_await run.sync.names.wait();
  co_return synced;
}

/// The piece lives until the part is closed, and not until the part is published.
coro::Task<base::Result<disk::PartFile>> close_small(Run& run, http::Piece piece,
                                                     ClaimedName& name) {
  co_return co_await disk::PartFile::create_whole(run.loop, run.directory, name.text(),
                                                  piece.bytes);
}

coro::Task<base::Result<void>> save_small_in_group(Run& run, http::Piece piece, ClaimedName& name) {
  base::Result<disk::PartFile> part = co_await close_small(run, std::move(piece), name);
  if (!part) co_return part.error();
  const base::Result<void> saved = co_await publish_in_group(run, *part, name);
  if (!saved) co_await part->discard();
  co_return saved;
}

/// Writes `piece` and all that follow it into `part`.
coro::Task<base::Result<void>> write_pieces(http::Transfer& transfer, http::Piece piece,
                                            disk::PartFile& part, DigestCheck& digest, Turn& turn) {
  for (;;) {
    digest.add(piece.bytes);
    if (piece.is_last) turn.give_back();
    const base::Result<void> written = co_await part.write(piece.bytes);
    if (!written) co_return written.error();
    if (piece.is_last) co_return base::Result<void>();
    base::Result<http::Piece> next = co_await transfer.next_piece();
    if (!next) co_return next.error();
    piece = std::move(*next);
  }
}

coro::Task<base::Result<void>> save_large(Run& run, http::Transfer& transfer, http::Piece piece,
                                          ClaimedName& name, DigestCheck& digest, Outcome& outcome,
                                          Turn& turn) {
  // At least as many as there are permits: whoever waits here has one, so that one of the others is
  // about to end without needing the network.
  std::optional<coro::Permit> file = co_await run.files.acquire();
  base::Result<disk::PartFile> part =
      co_await disk::PartFile::create(run.loop, run.directory, name.text());
  if (!part) co_return part.error();
  base::Result<void> saved = co_await write_pieces(transfer, std::move(piece), *part, digest, turn);
  if (saved) saved = digest.compare(outcome);
  if (saved && run.options.durability == Durability::batch) {
    saved = co_await part->close();
    file.reset();
    if (saved) saved = co_await publish_in_group(run, *part, name);
  } else if (saved) {
    const Published published = co_await publish(run, *part, name);
    if (!published) saved = published.error();
  }
  if (!saved) co_await part->discard();
  co_return saved;
}

}  // namespace

coro::Task<base::Result<void>> save_body(Run& run, http::Transfer& transfer, Job& job,
                                         ClaimedName& name, Outcome& outcome, Turn& turn) {
  if (name.name.extension.empty() && !name.is_ours)
    name.name.extension = extension_of(outcome.type);
  DigestCheck digest(job.sha256);
  base::Result<void> saved;

  base::Result<http::Piece> first = co_await transfer.next_piece();
  if (!first) co_return first.error();
  if (first->is_last) {
    turn.give_back();
    digest.add(first->bytes);
    saved = digest.compare(outcome);
    if (saved && run.options.durability == Durability::batch)
      saved = co_await save_small_in_group(run, std::move(*first), name);
    else if (saved)
      saved = co_await save_small(run, *first, name);
  } else {
    saved = co_await save_large(run, transfer, std::move(*first), name, digest, outcome, turn);
  }
  if (!saved) co_return saved;

  outcome.file = name.text();
  outcome.bytes = transfer.received();
  outcome.write =
      std::chrono::duration_cast<std::chrono::microseconds>(run.clock.now() - transfer.ended_at());
  co_return saved;
}

}  // namespace fetch
