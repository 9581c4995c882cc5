#include "disk/part_file.hpp"

#include <cerrno>
#include <utility>

#include "disk/publish.hpp"
#include "loop/file_request.hpp"
#include "loop/pool_work.hpp"

namespace disk {

std::string part_name(std::string_view name) {
  std::string part = ".";
  part += name;
  part += ".part";
  return part;
}

coro::Task<base::Result<PartFile>> PartFile::create(loop::Loop& loop, Directory& directory,
                                                    std::string name) {
  std::string part = part_name(name);
  const auto create_part = [&] { return blocking::create_part(directory.descriptor(), part); };
  base::Result<base::FileDescriptor> file = co_await loop::on_pool(loop, create_part);
  if (!file) co_return file.error();
  PartFile created(loop, directory, std::move(part), std::move(*file));
  co_return created;
}

PartFile::PartFile(PartFile&& other) noexcept
    : loop_(other.loop_),
      directory_(other.directory_),
      part_name_(std::exchange(other.part_name_, std::string())),
      descriptor_(std::move(other.descriptor_)) {}

PartFile::~PartFile() {
  if (!part_name_.empty()) blocking::remove(directory_->descriptor(), part_name_);
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

coro::Task<base::Result<Published>> PartFile::publish(std::string name, IfThere if_there) {
  const auto publish_part = [&] {
    return blocking::publish(directory_->descriptor(), std::move(descriptor_), part_name_, name,
                             if_there);
  };
  const base::Result<Published> published = co_await loop::on_pool(*loop_, publish_part);
  if (published && *published != Published::is_taken) part_name_.clear();
  co_return published;
}

coro::Task<> PartFile::discard() {
  const auto remove_part = [this] {
    descriptor_ = base::FileDescriptor();
    blocking::remove(directory_->descriptor(), part_name_);
    return true;
  };
  if (!part_name_.empty()) co_await loop::on_pool(*loop_, remove_part);
  part_name_.clear();
}

coro::Task<base::Result<Published>> save_whole(loop::Loop& loop, Directory& directory,
                                               std::string name, std::string& bytes,
                                               IfThere if_there) {
  const std::string part = part_name(name);
  const auto save = [&]() -> base::Result<Published> {
    const int in = directory.descriptor();
    base::Result<base::FileDescriptor> file = blocking::create_part(in, part);
    if (!file) return file.error();
    base::Result<Published> published = Published::is_taken;
    if (const auto written = blocking::write_all(file->number(), bytes, name); !written)
      published = written.error();
    else
      published = blocking::publish(in, std::move(*file), part, name, if_there);
    if (!published || *published == Published::is_taken) blocking::remove(in, part);
    return published;
  };
  co_return co_await loop::on_pool(loop, save);
}

}  // namespace disk
