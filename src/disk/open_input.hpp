#pragma once

#include <string>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"

namespace disk {

/// Opens `name` to read; "-" is standard input. A directory and a standard input that was closed
/// are refused. Blocks. Kind of a failure: `bad_url`, with words for the user; its code is an
/// errno.
base::Result<base::FileDescriptor> open_input(const std::string& name);

/// The failure of reading `name`.
base::Failure unreadable(const std::string& name, int error_number);

}  // namespace disk
