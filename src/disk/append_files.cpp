#include "disk/append_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "disk/publish.hpp"

namespace disk {
namespace {

/// What stands in the way of the name is that file's failure; the rest is the disk's.
base::Failure refusal(int error, const std::string& name) {
  const base::Failure failure = base::disk_failure(error, fmt::format("cannot append to {}", name));
  const bool is_disk = error == ENOSPC || error == EDQUOT || error == EIO || error == EROFS ||
                       error == ENFILE || error == EMFILE || error == ENOMEM;
  return is_disk ? failure : base::Failure(base::Kind::name_conflict, error, failure.words());
}

base::Result<base::FileDescriptor> open_regular(int directory, const std::string& name) {
  // O_NONBLOCK: a pipe by that name must not make us wait for its reader.
  constexpr int flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
  base::FileDescriptor file(openat(directory, name.c_str(), flags, 0666));
  if (!file) return refusal(errno, name);
  if (!base::is_regular_file(file))
    return base::Failure(base::Kind::name_conflict, EINVAL,
                         fmt::format("cannot append to {}: it is no regular file", name));
  return file;
}

}  // namespace

AppendFiles::File::~File() {
  if (place_) files_.unused_.erase(*place_);
  if (!descriptor_) return;
  --files_.open_;
  files_.slots_.wake_one();
}

coro::Task<base::Result<void>> AppendFiles::File::open() {
  std::string nothing;
  const base::Result<void> opened = co_await write(nothing);
  co_return opened;
}

coro::Task<base::Result<void>> AppendFiles::File::append(std::string& bytes) {
  const base::Result<void> written = co_await write(bytes);
  co_return written;
}

coro::Task<base::Result<void>> AppendFiles::File::write(std::string& bytes) {
  base::FileDescriptor evicted = co_await take_slot();
  const auto open_and_write = [&]() -> base::Result<void> {
    evicted = base::FileDescriptor();
    if (!descriptor_) {
      base::Result<base::FileDescriptor> opened =
          open_regular(files_.directory_.descriptor(), name_);
      if (!opened) return opened.error();
      descriptor_ = std::move(*opened);
    }
    return blocking::write_all(descriptor_.number(), bytes, name_);
  };
  const base::Result<void> written = co_await files_.crew_.run(open_and_write);
  if (descriptor_)
    place_ = files_.unused_.insert(files_.unused_.end(), this);
  else
    --files_.open_;
  files_.slots_.wake_one();
  co_return written;
}

/// Makes sure that this file has a descriptor or may open one. Gives that of another file, to be
/// closed first, when there would be too many.
coro::Task<base::FileDescriptor> AppendFiles::File::take_slot() {
  if (place_) {
    files_.unused_.erase(*place_);
    place_.reset();
    co_return base::FileDescriptor();
  }
  while (files_.open_ >= files_.most_open_ && files_.unused_.empty()) co_await files_.slots_.wait();
  if (files_.open_ < files_.most_open_) {
    ++files_.open_;
    co_return base::FileDescriptor();
  }
  File& oldest = *files_.unused_.front();
  files_.unused_.pop_front();
  oldest.place_.reset();
  co_return std::move(oldest.descriptor_);
}

}  // namespace disk
