#include "fetch/save_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include "disk/part_file.hpp"
#include "fetch/digest.hpp"
#include "http/failure_kind.hpp"

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

/// The digest of a body, when the job or the run asks for one.
class DigestCheck {
 public:
  DigestCheck(std::string expected, bool is_noted) : expected_(std::move(expected)) {
    if (is_noted || !expected_.empty()) digest_.emplace();
  }

  bool is_wanted() const { return digest_.has_value(); }

  void add(std::string_view bytes) {
    if (digest_) digest_->add(bytes);
  }

  base::Result<void> compare(Outcome& outcome) {
    if (!digest_) return {};
    outcome.sha256 = digest_->hex();
    if (expected_.empty() || outcome.sha256 == expected_) return {};
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

/// A piece with enough of the body's beginning to tell what it is, if that matters. When memory is
/// full a piece may be as short as it likes.
coro::Task<base::Result<http::Piece>> first_piece(http::Transfer& transfer, base::Bytes enough) {
  base::Result<http::Piece> piece = co_await transfer.next_piece();
  while (piece && !piece->is_last && piece->bytes.size() < enough) {
    // Who waits for the network must not keep others from what the disk makes free.
    piece->share = http::BodyMemory::Share();
    const std::string begun = std::move(piece->bytes);
    piece = co_await transfer.next_piece();
    if (piece) piece->bytes.insert(0, begun);
  }
  co_return piece;
}

/// Bytes that the server has encoded say nothing about what is in them.
base::Result<void> check_beginning(const Options& options, const Outcome& outcome,
                                   std::string_view bytes) {
  return check_first_bytes(options.accept, outcome.type,
                           outcome.content_encoding.empty() ? bytes.substr(0, telling_bytes) : "");
}

/// The same for the beginning that an earlier run has left: nobody may have asked what it is.
coro::Task<base::Result<void>> check_partial(Run& run, Outcome& outcome, disk::PartFile& part) {
  if (run.options.accept.are_all()) co_return base::Result<void>();
  const base::Result<std::string> bytes = co_await part.read(0, telling_bytes);
  if (!bytes) co_return bytes.error();
  co_return check_beginning(run.options, outcome, *bytes);
}

/// Reads what lies in the part already, which the digest of the whole begins with.
coro::Task<base::Result<void>> digest_partial(disk::PartFile& part, base::Bytes size,
                                              DigestCheck& digest) {
  base::Bytes done = 0;
  while (digest.is_wanted() && done < size) {
    const base::Bytes most = std::min(size - done, http::BodyMemory::piece_size);
    const base::Result<std::string> bytes = co_await part.read(done, most);
    if (!bytes) co_return bytes.error();
    if (bytes->empty()) co_return base::disk_failure(EIO, "a part file became shorter");
    digest.add(*bytes);
    done += bytes->size();
  }
  co_return base::Result<void>();
}

/// Writes `piece` and all that follow it into `part`; adds to `size` what was written.
coro::Task<base::Result<void>> write_pieces(http::Transfer& transfer, http::Piece piece,
                                            disk::PartFile& part, DigestCheck& digest, Turn& turn,
                                            base::Bytes& size) {
  for (;;) {
    digest.add(piece.bytes);
    if (piece.is_last) turn.give_back();
    const base::Result<void> written = co_await part.write(piece.bytes);
    if (!written) co_return written.error();
    size += piece.bytes.size();
    if (piece.is_last) co_return base::Result<void>();
    base::Result<http::Piece> next = co_await transfer.next_piece();
    if (!next) co_return next.error();
    piece = std::move(*next);
  }
}

/// A file that is to be replaced is fetched as a whole.
bool can_be_continued(const Download& download, const base::Failure& failure, base::Bytes size) {
  const bool broke_off = http::is_transient(failure) || failure.kind() == base::Kind::cancelled;
  return is_strong(download.outcome.etag) && broke_off && size > 0 && !download.name.is_ours;
}

base::Result<void> check_size(const Run& run, base::Bytes begun, const http::Transfer& transfer) {
  const std::optional<base::Bytes> most = run.http.settings().max_size;
  if (!most || begun + transfer.received() <= *most) return {};
  return base::Failure(base::Kind::too_large, 0,
                       fmt::format("more bytes came than the {} allowed", *most));
}

coro::Task<base::Result<disk::PartFile>> open_part(Run& run, std::optional<Partial> partial,
                                                   std::string name) {
  if (partial)
    co_return co_await disk::PartFile::continued(run.loop, run.directory, std::move(partial->name),
                                                 partial->stamp);
  co_return co_await disk::PartFile::create(run.loop, run.directory, std::move(name));
}

coro::Task<base::Result<void>> save_large(Run& run, Download& download, http::Transfer& transfer,
                                          http::Piece piece, DigestCheck& digest) {
  // At least as many as there are permits: whoever waits here has one, so that one of the others is
  // about to end without needing the network.
  std::optional<coro::Permit> file = co_await run.files.acquire();
  ClaimedName& name = download.name;
  const std::optional<Partial> partial = std::exchange(download.partial, std::nullopt);
  const std::string part_of = partial ? partial->name : name.text();
  const base::Bytes begun = partial ? partial->stamp.size : 0;
  base::Bytes size = begun;
  base::Result<disk::PartFile> part = co_await open_part(run, partial, part_of);
  if (!part && partial)
    co_return base::Failure(base::Kind::truncated, 0, part.error().words());  // then from zero
  if (!part) co_return part.error();

  base::Result<void> saved;
  if (partial) saved = co_await check_partial(run, download.outcome, *part);
  if (saved) saved = co_await digest_partial(*part, begun, digest);
  if (saved)
    saved = co_await write_pieces(transfer, std::move(piece), *part, digest, download.turn, size);
  if (!saved && can_be_continued(download, saved.error(), size)) {
    const base::Result<disk::PartStamp> kept = co_await part->keep();
    if (kept)
      download.partial = Partial{part_of, *kept, download.outcome.etag, download.outcome.type,
                                 download.outcome.last_modified};
    else
      co_await part->discard();
    co_return saved;
  }
  if (saved && partial) saved = check_size(run, begun, transfer);
  if (saved) saved = digest.compare(download.outcome);
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

coro::Task<base::Result<void>> save_body(Run& run, Download& download, http::Transfer& transfer) {
  ClaimedName& name = download.name;
  Outcome& outcome = download.outcome;
  if (name.name.extension.empty() && !name.is_ours)
    name.name.extension = extension_of(outcome.type);
  const base::Bytes begun = download.partial ? download.partial->stamp.size : 0;
  DigestCheck digest(download.job.sha256, run.options.notes_sha256);
  base::Result<void> saved;

  const bool is_beginning = !download.partial;
  const base::Bytes enough = is_beginning && !run.options.accept.are_all() ? telling_bytes : 0;
  base::Result<http::Piece> first = co_await first_piece(transfer, enough);
  if (!first) co_return first.error();
  if (is_beginning) saved = check_beginning(run.options, outcome, first->bytes);
  if (!saved) co_return saved;
  if (!first->is_last || download.partial) {
    saved = co_await save_large(run, download, transfer, std::move(*first), digest);
  } else {
    download.turn.give_back();
    digest.add(first->bytes);
    saved = digest.compare(outcome);
    if (saved && run.options.durability == Durability::batch)
      saved = co_await save_small_in_group(run, std::move(*first), name);
    else if (saved)
      saved = co_await save_small(run, *first, name);
  }
  if (!saved) co_return saved;

  outcome.file = name.text();
  outcome.bytes = begun + transfer.received();
  outcome.write =
      std::chrono::duration_cast<std::chrono::microseconds>(run.clock.now() - transfer.ended_at());
  co_return saved;
}

coro::Task<> drop_partial(Run& run, Download& download) {
  const std::optional<Partial> partial = std::exchange(download.partial, std::nullopt);
  if (!partial) co_return;
  base::Result<disk::PartFile> part =
      co_await disk::PartFile::continued(run.loop, run.directory, partial->name, partial->stamp);
  if (part) co_await part->discard();
}

}  // namespace fetch
