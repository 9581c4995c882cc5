#pragma once

#include <sys/types.h>

#include <span>

namespace disk {

/// Fills as much of `buffer` as the file has from `offset` on, in however many calls that takes; -1
/// and errno when it cannot be read.
ssize_t read_full(int file, off_t offset, std::span<char> buffer);

}  // namespace disk
