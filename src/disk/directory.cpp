#include "disk/directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "disk/publish.hpp"

namespace disk {
namespace {

/// False too for the root, which is above itself.
bool are_parts_of_one_path(const base::FileDescriptor& below, const base::FileDescriptor& above) {
  struct stat of_below = {};
  struct stat of_above = {};
  return fstat(below.number(), &of_below) == 0 && fstat(above.number(), &of_above) == 0 &&
         of_below.st_dev == of_above.st_dev && of_below.st_ino != of_above.st_ino;
}

constexpr std::string_view another = "choose another one with --output-dir";

}  // namespace

base::Result<Directory> Directory::open_or_make(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);  // what is wrong shows when it is opened
  base::FileDescriptor descriptor(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor) {
    const int number = error && errno == ENOENT ? error.value() : errno;
    return base::disk_failure(number, fmt::format("cannot use the output directory {}", path))
        .advising(another);
  }
  if (faccessat(descriptor.number(), ".", W_OK | X_OK, AT_EACCESS) != 0)
    return base::disk_failure(errno, fmt::format("cannot make files in {}", path))
        .advising(another);
  return Directory(std::move(descriptor), path);
}

bool Directory::folds_case() const {
  const std::string name = fmt::format(".fetcher-{}.part", getpid());
  const std::string in_capitals = fmt::format(".FETCHER-{}.PART", getpid());
  constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const base::FileDescriptor file(openat(descriptor(), name.c_str(), flags, 0666));
  if (!file) return false;
  const bool is_one_name = has(in_capitals);
  blocking::remove_part(descriptor(), name, file);
  return is_one_name;
}

bool Directory::has(const std::string& name) const {
  struct stat status = {};
  return fstatat(descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

std::optional<base::Bytes> Directory::size_of(const std::string& name) const {
  struct stat status = {};
  const bool is_there = fstatat(descriptor(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
  if (!is_there || !S_ISREG(status.st_mode)) return std::nullopt;
  return static_cast<base::Bytes>(status.st_size);
}

base::Result<void> Directory::sync_names() {
  const std::lock_guard lock(names_sync_->mutex);
  base::Result<void>& outcome = names_sync_->outcome;
  if (outcome) outcome = blocking::sync_names(descriptor(), path_);
  return outcome;
}

base::Result<void> sync_path(const std::string& directory) {
  constexpr int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  base::FileDescriptor here(open(directory.c_str(), flags));
  base::Result<void> synced = blocking::sync_names(here.number(), directory);
  while (synced) {
    // One that we may not read is none in which we have just made something.
    base::FileDescriptor above(openat(here.number(), "..", flags));
    if (!above || !are_parts_of_one_path(here, above)) break;
    synced = blocking::sync_names(above.number(), "the directories above " + directory);
    here = std::move(above);
  }
  return synced;
}

}  // namespace disk
