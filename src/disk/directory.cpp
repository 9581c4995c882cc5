#include "disk/directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/text.hpp"
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

/// Opens a directory in another one, after making it if that is wanted.
base::Result<base::FileDescriptor> open_below(int above, const std::string& name, bool makes) {
  constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  const bool leads_down = !name.empty() && name != "." && name != "..";
  errno = EINVAL;
  base::FileDescriptor below(leads_down ? openat(above, name.c_str(), flags) : -1);
  if (!below && errno == ENOENT && makes &&
      (mkdirat(above, name.c_str(), 0777) == 0 || errno == EEXIST))
    below = base::FileDescriptor(openat(above, name.c_str(), flags));
  if (below) return below;
  const int error = errno;
  const bool is_in_the_way = error == ENOTDIR || error == ELOOP || error == ENOENT ||
                             error == EINVAL || error == ENAMETOOLONG || error == EILSEQ;
  const base::Failure as_disk =
      base::disk_failure(error, fmt::format("cannot use the directory {}", name));
  return is_in_the_way ? base::Failure(base::Kind::name_conflict, error, as_disk.words()) : as_disk;
}

constexpr std::string_view another = "choose another one with --output-dir";

std::string to_upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return text;
}

bool are_one_file(int directory, const std::string& one, const std::string& other) {
  struct stat a = {};
  struct stat b = {};
  return fstatat(directory, one.c_str(), &a, AT_SYMLINK_NOFOLLOW) == 0 &&
         fstatat(directory, other.c_str(), &b, AT_SYMLINK_NOFOLLOW) == 0 && a.st_ino == b.st_ino;
}

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
  Directory directory(std::move(descriptor), path);
  directory.was_empty_ = std::filesystem::is_empty(path, error);
  return directory;
}

bool Directory::folds_case(const std::string& name) const {
  const std::string other = base::to_lower(name) != name ? base::to_lower(name) : to_upper(name);
  if (other != name && has(name)) return are_one_file(descriptor(), name, other);

  const std::string made = fmt::format(".fetcher-{}.part", getpid());
  constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  const base::FileDescriptor file(openat(descriptor(), made.c_str(), flags, 0666));
  if (!file) return false;
  const bool is_one_name = has(to_upper(made));
  unlinkat(descriptor(), made.c_str(), 0);
  return is_one_name;
}

base::Result<Place> Directory::find(const std::string& path) const {
  return find(path, /*makes_directories=*/false);
}

base::Result<Place> Directory::find_or_make(const std::string& path) {
  if (path.find('/') != std::string::npos) names_sync_->has_names_below = true;
  return find(path, /*makes_directories=*/true);
}

base::Result<Place> Directory::find(const std::string& path, bool makes_directories) const {
  const std::size_t name_begins_at = path.rfind('/') + 1;  // 0 when there is no slash
  Place place(descriptor(), path.substr(name_begins_at));
  for (std::size_t begin = 0; begin < name_begins_at;) {
    const std::size_t end = path.find('/', begin);
    base::Result<base::FileDescriptor> below =
        open_below(place.directory(), path.substr(begin, end - begin), makes_directories);
    if (!below) return below.error();
    place.below_ = std::move(*below);
    begin = end + 1;
  }
  return place;
}

bool Directory::has(const std::string& name) const {
  const base::Result<Place> place = find(name);
  struct stat status = {};
  return place &&
         fstatat(place->directory(), place->name().c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

std::optional<base::Bytes> Directory::size_of(const std::string& name) const {
  const base::Result<Place> place = find(name);
  struct stat status = {};
  const bool is_there = place && fstatat(place->directory(), place->name().c_str(), &status,
                                         AT_SYMLINK_NOFOLLOW) == 0;
  if (!is_there || !S_ISREG(status.st_mode)) return std::nullopt;
  return static_cast<base::Bytes>(status.st_size);
}

base::Result<void> Directory::sync_names() {
  const std::lock_guard lock(names_sync_->mutex);
  base::Result<void>& outcome = names_sync_->outcome;
  // Directories below may have been made by now, and names in each of them: all at once.
  if (outcome && names_sync_->has_names_below) outcome = blocking::sync_files(descriptor());
  if (outcome) outcome = blocking::sync_names(descriptor(), path_);
  return outcome;
}

base::Result<void> Directory::sync_names_of(const std::string& path) {
  const std::lock_guard lock(names_sync_->mutex);
  base::Result<void>& outcome = names_sync_->outcome;
  for (std::size_t slash = path.find('/'); slash != std::string::npos && outcome;
       slash = path.find('/', slash + 1)) {
    const base::Result<Place> place = find(path.substr(0, slash + 1));
    if (!place) return place.error();
    outcome = blocking::sync_names(place->directory(), path.substr(0, slash));
  }
  if (outcome) outcome = blocking::sync_names(descriptor(), path_);
  return outcome;
}

base::Result<void> sync_path(const std::string& directory) {
  constexpr int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  base::FileDescriptor here(open(directory.c_str(), flags));
  if (!here)
    return base::disk_failure(errno, fmt::format("cannot make the names in {} durable", directory));
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
