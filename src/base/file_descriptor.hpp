#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace base {

/// Owns an open descriptor, or none (-1), and closes it in the destructor. Where the result of
/// close() matters, release() it and close it by hand.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

/// No pipe, device, directory or whatever else can be open.
inline bool is_regular_file(const FileDescriptor& file) {
  struct stat status = {};
  return fstat(file.number(), &status) == 0 && S_ISREG(status.st_mode);
}

}  // namespace base
