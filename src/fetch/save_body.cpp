#include "fetch/save_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include "disk/part_file.hpp"
#include "fetch/digest.hpp"
#include "fetch/publish.hpp"
#include "http/failure.hpp"

namespace fetch {
namespace {

/// Notes the digest of a whole body, and compares it with the one that the job gives.
base::Result<void> check_digest(Download& download, std::optional<Sha256>& digest) {
  if (!digest) return {};
  const std::string& expected = download.job.sha256;
  std::string& found = download.outcome.sha256;
  found = digest->hex();
  if (expected.empty() || found == expected) return {};
  return base::Failure(base::Kind::checksum, 0,
                       fmt::format("its sha256 is {}, not {}", found, expected));
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
  return check_first_bytes(
      options.accept, outcome.answer.type,
      outcome.answer.content_encoding.empty() ? bytes.substr(0, telling_bytes) : "");
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
                                              std::optional<Sha256>& digest) {
  base::Bytes done = 0;
  while (digest && done < size) {
    const base::Bytes most = std::min(size - done, http::BodyMemory::piece_size);
    const base::Result<std::string> bytes = co_await part.read(done, most);
    if (!bytes) co_return bytes.error();
    if (bytes->empty()) co_return base::disk_failure(EIO, "a part file became shorter");
    digest->add(*bytes);
    done += bytes->size();
  }
  co_return base::Result<void>();
}

/// Writes `piece` and all that follow it into `part`; adds to `size` what was written.
coro::Task<base::Result<void>> write_pieces(http::Transfer& transfer, http::Piece piece,
                                            disk::PartFile& part, std::optional<Sha256>& digest,
                                            Turn& turn, base::Bytes& size) {
  for (;;) {
    if (digest) digest->add(piece.bytes);
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
  return is_strong(download.outcome.answer.etag) && broke_off && size > 0 && !download.name.is_ours;
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

/// Keeps what has come of a body that broke off, for the next try.
coro::Task<> keep(Download& download, disk::PartFile& part, std::string name) {
  const base::Result<disk::PartStamp> kept = co_await part.keep();
  const Outcome& outcome = download.outcome;
  if (kept)
    download.partial = Partial{std::move(name), *kept, outcome.answer.etag, outcome.answer.type,
                               outcome.answer.last_modified};
  else
    co_await part.discard();
}

coro::Task<base::Result<void>> save_large(Run& run, Download& download, http::Transfer& transfer,
                                          http::Piece piece, std::optional<Sha256>& digest) {
  // At least as many as there are permits: whoever waits here has one, so that one of the others is
  // about to end without needing the network.
  std::optional<coro::Permit> file = co_await run.files.acquire();
  const std::optional<Partial> partial = std::exchange(download.partial, std::nullopt);
  const std::string part_of = partial ? partial->name : download.name.text();
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
    co_await keep(download, *part, part_of);
    co_return saved;
  }
  if (saved && partial) saved = check_size(run, begun, transfer);
  if (saved) saved = check_digest(download, digest);
  if (saved && run.options.durability == Durability::batch) {
    saved = co_await part->close();
    file.reset();
    if (saved) saved = co_await publish_in_group(run, *part, download.name);
  } else if (saved) {
    saved = co_await publish(run, *part, download.name);
  }
  if (!saved) co_await part->discard();
  co_return saved;
}

coro::Task<base::Result<void>> save_small(Run& run, Download& download, http::Piece piece,
                                          std::optional<Sha256>& digest) {
  download.turn.give_back();
  if (digest) digest->add(piece.bytes);
  const base::Result<void> checked = check_digest(download, digest);
  if (!checked) co_return checked;
  if (run.options.durability == Durability::batch)
    co_return co_await save_small_in_group(run, std::move(piece), download.name);
  co_return co_await publish_whole(run, piece.bytes, download.name);
}

}  // namespace

coro::Task<base::Result<void>> save_body(Run& run, Download& download, http::Transfer& transfer) {
  ClaimedName& name = download.name;
  Outcome& outcome = download.outcome;
  if (name.name.extension.empty() && !name.is_ours)
    name.name.extension = extension_of(outcome.answer.type);
  const base::Bytes begun = download.partial ? download.partial->stamp.size : 0;
  std::optional<Sha256> digest;
  if (run.options.notes_sha256 || !download.job.sha256.empty()) digest.emplace();

  const bool is_beginning = !download.partial;
  const base::Bytes enough = is_beginning && !run.options.accept.are_all() ? telling_bytes : 0;
  base::Result<http::Piece> first = co_await first_piece(transfer, enough);
  if (!first) co_return first.error();
  base::Result<void> saved;
  if (is_beginning) saved = check_beginning(run.options, outcome, first->bytes);
  if (!saved) co_return saved;
  if (first->is_last && is_beginning)
    saved = co_await save_small(run, download, std::move(*first), digest);
  else
    saved = co_await save_large(run, download, transfer, std::move(*first), digest);
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
