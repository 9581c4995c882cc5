#include "disk/open_input.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace disk {

base::Failure unreadable(const std::string& name, int error_number) {
  return base::Failure(base::Kind::bad_url, error_number,
                       fmt::format("cannot read {}: {}", name == "-" ? "standard input" : name,
                                   std::generic_category().message(error_number)));
}

base::Result<base::FileDescriptor> open_input(const std::string& name) {
  base::FileDescriptor file(name == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                        : open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return unreadable(name, errno);
  struct stat status = {};
  if (fstat(file.number(), &status) != 0) return unreadable(name, errno);
  if (S_ISDIR(status.st_mode)) return unreadable(name, EISDIR);
  // How main() leaves a standard input that was closed.
  if ((fcntl(file.number(), F_GETFL) & O_ACCMODE) == O_WRONLY) return unreadable(name, EBADF);
  return file;
}

}  // namespace disk
