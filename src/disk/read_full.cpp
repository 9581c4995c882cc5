#include "disk/read_full.hpp"

#include <unistd.h>

#include <cerrno>

namespace disk {

ssize_t read_full(int file, off_t offset, std::span<char> buffer) {
  std::size_t have = 0;
  while (have < buffer.size()) {
    const ssize_t count = pread(file, buffer.data() + have, buffer.size() - have, offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return -1;
    if (count == 0) break;
    have += static_cast<std::size_t>(count);
    offset += count;
  }
  return static_cast<ssize_t>(have);
}

}  // namespace disk
