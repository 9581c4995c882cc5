#include "disk/part_file.hpp"

#include <cerrno>
#include <utility>

#include "disk/publish.hpp"
#include "disk/read_full.hpp"
#include "loop/file_request.hpp"
#include "loop/pool_work.hpp"

namespace disk {
namespace {

/// What was published and had its bytes synced; blocks. The bytes of a file that was there are
/// whoever's wrote them, who may have left them to the system.
base::Result<Published> make_durable(Directory& directory, Published published,
                                     const std::string& name) {
  base::Result<void> synced;
  if (published == Published::was_there) {
    const base::Result<Place> place = directory.find(name);
    if (!place) return place.error();
    synced = blocking::sync_bytes_of(place->directory(), place->name());
  }
  if (synced) synced = directory.sync_names_of(name);
  if (!synced) return synced.error();
  return published;
}

/// Also removes the part that an earlier run may have left. `nullopt`: it must be done by a part.
std::optional<base::Result<Published>> save_beside_parts(const Directory& directory,
                                                         const Place& place,
                                                         std::string_view bytes) {
  auto saved = blocking::save_unnamed(place.directory(), bytes, place.name());
  if (saved && *saved && **saved != Published::is_taken && !directory.was_empty())
    blocking::remove_left_part(place.directory(), part_name(place.name()));
  return saved;
}

base::Result<Published> save_by_part(const Place& place, std::string_view bytes, IfThere if_there,
                                     Sync sync) {
  const std::string part = part_name(place.name());
  base::Result<base::FileDescriptor> file = blocking::create_part(place.directory(), part);
  if (!file) return file.error();
  base::Result<Published> published = Published::is_taken;
  if (const auto written = blocking::write_all(file->number(), bytes, place.name()); !written)
    published = written.error();
  else
    published = blocking::publish(place.directory(), *file, part, place.name(), if_there, sync);
  if (!published || *published == Published::is_taken)
    blocking::remove_part(place.directory(), part, *file);
  return published;
}

base::Result<base::FileDescriptor> reopen(const Directory& directory, const std::string& part,
                                          const PartStamp& stamp) {
  const base::Result<Place> place = directory.find(part);
  if (!place) return place.error();
  return blocking::reopen_part(place->directory(), place->name(), stamp);
}

std::string last_of(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

std::string part_name(std::string_view name) {
  const std::size_t begin = name.rfind('/') + 1;  // 0 when it is no path
  std::string part(name.substr(0, begin));
  part += ".";
  part += name.substr(begin);
  part += ".part";
  return part;
}

bool has_part(const Directory& directory, const std::string& name, const PartStamp& stamp) {
  return static_cast<bool>(reopen(directory, part_name(name), stamp));
}

coro::Task<base::Result<PartFile>> PartFile::create(loop::Loop& loop, Directory& directory,
                                                    std::string name) {
  std::string part = part_name(name);
  const auto create_part = [&]() -> base::Result<base::FileDescriptor> {
    const base::Result<Place> place = directory.find_or_make(part);
    if (!place) return place.error();
    return blocking::create_part(place->directory(), place->name());
  };
  base::Result<base::FileDescriptor> file = co_await loop::on_pool(loop, create_part);
  if (!file) co_return file.error();
  PartFile created(loop, directory, std::move(part), std::move(*file));
  co_return created;
}

coro::Task<base::Result<PartFile>> PartFile::continued(loop::Loop& loop, Directory& directory,
                                                       std::string name, PartStamp stamp) {
  std::string part = part_name(name);
  const auto open = [&] { return reopen(directory, part, stamp); };
  base::Result<base::FileDescriptor> file = co_await loop::on_pool(loop, open);
  if (!file) co_return file.error();
  PartFile found(loop, directory, std::move(part), std::move(*file));
  co_return found;
}

coro::Task<base::Result<PartFile>> PartFile::create_whole(loop::Loop& loop, Directory& directory,
                                                          std::string name, std::string& bytes) {
  const auto create = [&]() -> base::Result<PartFile> {
    const std::string part = part_name(name);
    const base::Result<Place> place = directory.find_or_make(part);
    if (!place) return place.error();
    base::Result<base::FileDescriptor> file =
        blocking::create_part(place->directory(), place->name());
    if (!file) return file.error();
    PartFile created(loop, directory, part, std::move(*file));
    base::Result<void> done = blocking::write_all(created.descriptor_.number(), bytes, name);
    if (done) done = created.close_now();
    if (!done) return done.error();
    return created;
  };
  co_return co_await loop::on_pool(loop, create);
}

PartFile::PartFile(PartFile&& other) noexcept
    : loop_(other.loop_),
      directory_(other.directory_),
      part_name_(std::exchange(other.part_name_, std::string())),
      descriptor_(std::move(other.descriptor_)),
      stamp_(other.stamp_) {}

PartFile::~PartFile() {
  remove_now();
}

coro::Task<base::Result<void>> PartFile::write(std::string& bytes) {
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const std::int64_t written = co_await loop::write(*loop_, descriptor_.number(), rest);
    if (written == -EINTR) continue;
    if (written < 0)
      co_return base::disk_failure(static_cast<int>(-written), "cannot write " + part_name_);
    // Less than all is no success: only the next call says what is wrong.
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  co_return base::Result<void>();
}

coro::Task<base::Result<std::string>> PartFile::read(base::Bytes offset, base::Bytes most) {
  const auto read = [this, offset, most]() -> base::Result<std::string> {
    std::string bytes(most, '\0');
    const ssize_t count = read_full(descriptor_.number(), static_cast<off_t>(offset), bytes);
    if (count < 0) return base::disk_failure(errno, "cannot read " + part_name_);
    bytes.resize(static_cast<std::size_t>(count));
    return bytes;
  };
  co_return co_await loop::on_pool(*loop_, read);
}

coro::Task<base::Result<void>> PartFile::close() {
  const auto close_part = [this] { return close_now(); };
  co_return co_await loop::on_pool(*loop_, close_part);
}

coro::Task<base::Result<Published>> PartFile::publish(std::string name, IfThere if_there,
                                                      Sync sync) {
  const auto publish_part = [&] { return publish_now(name, if_there, sync); };
  co_return co_await loop::on_pool(*loop_, publish_part);
}

coro::Task<> PartFile::discard() {
  const auto remove_part = [this] {
    remove_now();
    return true;
  };
  if (!part_name_.empty()) co_await loop::on_pool(*loop_, remove_part);
}

coro::Task<base::Result<PartStamp>> PartFile::keep() {
  const base::Result<void> closed = co_await close();
  if (!closed) co_return closed.error();
  part_name_.clear();
  co_return *stamp_;
}

base::Result<void> PartFile::close_now() {
  return blocking::close_part(std::move(descriptor_), part_name_, stamp_.emplace());
}

base::Result<Published> PartFile::publish_now(const std::string& name, IfThere if_there,
                                              Sync sync) {
  const base::Result<Place> place = directory_->find(name);
  if (!place) return place.error();
  if (!descriptor_ && stamp_) {
    base::Result<base::FileDescriptor> again = reopen(*directory_, part_name_, *stamp_);
    if (!again) return again.error();
    descriptor_ = std::move(*again);
  }
  const base::Result<Published> published = blocking::publish(
      place->directory(), descriptor_, last_of(part_name_), place->name(), if_there, sync);
  if (!published || *published == Published::is_taken) return published;
  part_name_.clear();
  descriptor_ = base::FileDescriptor();
  if (sync == Sync::each) return make_durable(*directory_, *published, name);
  return published;
}

void PartFile::remove_now() {
  if (part_name_.empty()) return;
  // Nobody locked it while it was closed: it may be another process's by now.
  if (!descriptor_ && stamp_) {
    base::Result<base::FileDescriptor> again = reopen(*directory_, part_name_, *stamp_);
    if (again) descriptor_ = std::move(*again);
  }
  const base::Result<Place> place = directory_->find(part_name_);
  if (place && descriptor_) blocking::remove_part(place->directory(), place->name(), descriptor_);
  part_name_.clear();
  descriptor_ = base::FileDescriptor();
}

coro::Task<base::Result<Published>> save_whole(loop::Loop& loop, Directory& directory,
                                               std::string name, std::string& bytes,
                                               IfThere if_there, Sync sync) {
  const auto save = [&]() -> base::Result<Published> {
    const base::Result<Place> place = directory.find_or_make(name);
    if (!place) return place.error();
    if (if_there == IfThere::compare && sync == Sync::none)
      if (auto saved = save_beside_parts(directory, *place, bytes)) return *saved;
    const base::Result<Published> saved = save_by_part(*place, bytes, if_there, sync);
    if (saved && *saved != Published::is_taken && sync == Sync::each)
      return make_durable(directory, *saved, name);
    return saved;
  };
  if (sync == Sync::each) co_return co_await loop::on_pool(loop, save);
  co_return co_await loop::on_pool_with_others(loop, save);
}

}  // namespace disk
