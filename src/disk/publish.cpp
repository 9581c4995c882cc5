#include "disk/publish.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <span>

#include "disk/read_full.hpp"

namespace disk::blocking {
namespace {

constexpr mode_t mode = 0666;  // the umask takes what it takes

/// A name that this file system cannot have is that URL's failure, not the disk's.
base::Failure failure(int error, std::string_view what, const std::string& name) {
  const base::Failure as_disk = base::disk_failure(error, fmt::format("{} {}", what, name));
  const bool is_about_the_name = error == ENAMETOOLONG || error == EILSEQ || error == EISDIR ||
                                 error == ENOTDIR || error == ENOTEMPTY || error == EPERM ||
                                 error == EINVAL;
  if (!is_about_the_name) return as_disk;
  return base::Failure(base::Kind::name_conflict, error, as_disk.words());
}

base::FileDescriptor open_regular(int directory, const std::string& name, int access = O_RDONLY) {
  // To open a FIFO or a device is to use it already: it wakes who waits at the other end.
  struct stat status = {};
  if (fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
      !S_ISREG(status.st_mode))
    return {};
  // Should a FIFO have come in its place, we do not wait for its writer.
  base::FileDescriptor file(
      openat(directory, name.c_str(), access | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (file && !base::is_regular_file(file)) return {};
  return file;
}

bool is_there(int directory, const std::string& name) {
  struct stat status = {};
  return fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

/// Whether the name is still that of the open file.
bool is_the_file(int directory, const std::string& name, int file) {
  struct stat named = {};
  struct stat opened = {};
  return fstatat(directory, name.c_str(), &named, AT_SYMLINK_NOFOLLOW) == 0 &&
         fstat(file, &opened) == 0 && named.st_ino == opened.st_ino &&
         named.st_dev == opened.st_dev;
}

/// Who writes a part holds its lock; what an earlier run has left nobody holds. Only who has the
/// lock of what has the name removes or renames it. Where a file system has no locks, everybody
/// gets one.
bool lock(const base::FileDescriptor& file) {
  return flock(file.number(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

base::Failure is_being_written(const std::string& part) {
  return base::Failure(base::Kind::name_conflict, EWOULDBLOCK,
                       fmt::format("another process is writing {}", part));
}

off_t size_of(const base::FileDescriptor& file) {
  struct stat status = {};
  return fstat(file.number(), &status) == 0 ? status.st_size : -1;
}

bool have_same_bytes(const base::FileDescriptor& a, int directory, const std::string& name) {
  const base::FileDescriptor b = open_regular(directory, name);
  if (!b || size_of(a) != size_of(b)) return false;
  std::array<char, 16384> bytes_of_a;
  std::array<char, 16384> bytes_of_b;
  for (off_t offset = 0;;) {
    const ssize_t count = read_full(a.number(), offset, bytes_of_a);
    if (count < 0 || count != read_full(b.number(), offset, bytes_of_b)) return false;
    if (count == 0) return true;
    if (!std::equal(bytes_of_a.begin(), bytes_of_a.begin() + count, bytes_of_b.begin()))
      return false;
    offset += count;
  }
}

PartStamp stamp_of(int file) {
  struct stat status = {};
  fstat(file, &status);
  const auto written_at = std::chrono::seconds(status.st_mtim.tv_sec) +
                          std::chrono::nanoseconds(status.st_mtim.tv_nsec);
  return {status.st_ino, static_cast<base::Bytes>(status.st_size),
          static_cast<std::uint64_t>(written_at.count())};
}

base::Failure was_removed(const std::string& part) {
  return base::Failure(base::Kind::name_conflict, ENOENT,
                       fmt::format("somebody has removed {}", part));
}

void remove(int directory, const std::string& name) {
  unlinkat(directory, name.c_str(), 0);
}

/// Learns what could not be written, on a network for example: closing tells it. `file` itself
/// stays open, because its lock is needed until the part has its name.
base::Result<void> write_back(int file, const std::string& part) {
  base::FileDescriptor another(fcntl(file, F_DUPFD_CLOEXEC, 0));
  if (!another) return sync_bytes(file, part);  // none to spare: slower, and tells the same
  if (close(another.release()) != 0) return failure(errno, "cannot write", part);
  return {};
}

/// 0 or an errno. Never over something that is there: EEXIST.
int rename_without_replacing(int directory, const std::string& from, const std::string& to) {
  if (renameat2(directory, from.c_str(), directory, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  // A file system that does not know the flag. A link does not replace either.
  if (linkat(directory, from.c_str(), directory, to.c_str(), 0) != 0) return errno;
  remove(directory, from);
  return 0;
}

/// 0 or an errno. Gives a file without a name one. Before Linux 6.10 only root may do so by the
/// descriptor alone; by way of /proc everybody may, for a seventh more of what the file costs.
int name_unnamed(int file, int directory, const std::string& name) {
  if (linkat(file, "", directory, name.c_str(), AT_EMPTY_PATH) == 0) return 0;
  if (errno != ENOENT) return errno;
  const std::string unnamed = fmt::format("/proc/self/fd/{}", file);
  if (linkat(AT_FDCWD, unnamed.c_str(), directory, name.c_str(), AT_SYMLINK_FOLLOW) == 0) return 0;
  return errno;
}

}  // namespace

bool remove_left_part(int directory, const std::string& part) {
  if (!is_there(directory, part)) return true;
  const base::FileDescriptor left = open_regular(directory, part);
  if (left && (!lock(left) || !is_the_file(directory, part, left.number()))) return false;
  remove(directory, part);
  return true;
}

base::Result<base::FileDescriptor> create_part(int directory, const std::string& part) {
  constexpr int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  base::FileDescriptor file(openat(directory, part.c_str(), flags, mode));
  if (!file && errno == EEXIST) {
    if (!remove_left_part(directory, part)) return is_being_written(part);
    file = base::FileDescriptor(openat(directory, part.c_str(), flags, mode));
    if (!file && errno == EEXIST) return failure(EISDIR, "cannot replace", part);
  }
  if (!file) return failure(errno, "cannot make", part);
  if (!lock(file)) return is_being_written(part);
  return file;
}

base::Result<void> write_all(int file, std::string_view bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure(errno, "cannot write", name);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

base::Result<void> close_part(base::FileDescriptor file, const std::string& part,
                              PartStamp& stamp) {
  stamp = stamp_of(file.number());
  if (close(file.release()) != 0) return failure(errno, "cannot write", part);
  return {};
}

base::Result<base::FileDescriptor> reopen_part(int directory, const std::string& part,
                                               const PartStamp& stamp) {
  base::FileDescriptor file = open_regular(directory, part, O_RDWR | O_APPEND);
  if (!file || !lock(file) || stamp_of(file.number()) != stamp) return was_removed(part);
  return file;
}

base::Result<Published> publish(int directory, const base::FileDescriptor& file,
                                const std::string& part, const std::string& name, IfThere if_there,
                                Sync sync) {
  if (!is_the_file(directory, part, file.number())) return was_removed(part);
  const base::Result<void> written =
      sync == Sync::each ? sync_bytes(file.number(), part) : write_back(file.number(), part);
  if (!written) return written.error();
  if (if_there == IfThere::replace) {
    if (renameat(directory, part.c_str(), directory, name.c_str()) == 0) return Published::is_new;
    return failure(errno, "cannot replace", name);
  }
  const int error = rename_without_replacing(directory, part, name);
  if (error == 0) return Published::is_new;
  if (error != EEXIST) return failure(error, "cannot name", name);
  if (!have_same_bytes(file, directory, name)) return Published::is_taken;
  remove(directory, part);
  return Published::was_there;
}

std::optional<std::string> read_beginning(int directory, const std::string& name,
                                          std::size_t most) {
  const base::FileDescriptor file = open_regular(directory, name);
  std::string bytes(most, '\0');
  const ssize_t count = file ? read_full(file.number(), 0, bytes) : -1;
  if (count < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(count));
  return bytes;
}

std::optional<base::Result<Published>> save_unnamed(int directory, std::string_view bytes,
                                                    const std::string& name) {
  const base::FileDescriptor file(openat(directory, ".", O_RDWR | O_TMPFILE | O_CLOEXEC, mode));
  if (!file) return std::nullopt;
  base::Result<void> written = write_all(file.number(), bytes, name);
  if (written) written = write_back(file.number(), name);
  if (!written) return written.error();

  const int error = name_unnamed(file.number(), directory, name);
  if (error == 0) return Published::is_new;
  if (error != EEXIST) return std::nullopt;
  return have_same_bytes(file, directory, name) ? Published::was_there : Published::is_taken;
}

void remove_part(int directory, const std::string& part, const base::FileDescriptor& file) {
  if (is_the_file(directory, part, file.number())) remove(directory, part);
}

base::Result<void> sync_bytes(int file, const std::string& name) {
  if (fdatasync(file) == 0) return {};
  return base::disk_failure(errno, fmt::format("cannot make {} durable", name));
}

base::Result<void> sync_bytes_of(int directory, const std::string& name) {
  const base::FileDescriptor file = open_regular(directory, name);
  if (!file) return base::disk_failure(errno, fmt::format("cannot make {} durable", name));
  return sync_bytes(file.number(), name);
}

base::Result<void> sync_files(int directory) {
  if (syncfs(directory) == 0) return {};
  return base::disk_failure(errno, "cannot make the files durable");
}

base::Result<void> sync_names(int directory, const std::string& name) {
  if (fsync(directory) == 0) return {};
  return base::disk_failure(errno, fmt::format("cannot make the names in {} durable", name));
}

}  // namespace disk::blocking
