#pragma once

#include <cstddef>

namespace commands {

/// What every command does to its process before anything else: memory is kept for the next use, a
/// write past a limit for file sizes is an error and no signal, and the pool gets its threads.
/// Throws std::system_error when there can be none.
void prepare_process();

/// As many descriptors as this process may have; gives how many.
std::size_t raise_descriptor_limit();

/// How many of them are left when the program has those that it always needs; at least 1.
std::size_t spare_descriptors(std::size_t descriptors);

}  // namespace commands
