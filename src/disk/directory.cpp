#include "disk/directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace disk {

base::Result<Directory> Directory::open_or_make(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);  // what is wrong shows when it is opened
  base::FileDescriptor descriptor(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor) {
    const int number = error && errno == ENOENT ? error.value() : errno;
    return base::disk_failure(number, fmt::format("cannot use the output directory {}", path));
  }
  if (faccessat(descriptor.number(), ".", W_OK | X_OK, AT_EACCESS) != 0)
    return base::disk_failure(errno, fmt::format("cannot make files in {}", path));
  return Directory(std::move(descriptor), path);
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

}  // namespace disk
