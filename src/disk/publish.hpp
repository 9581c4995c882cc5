#pragma once

#include <string>
#include <string_view>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "disk/part_file.hpp"

/// The calls of which a part file is made. All of them block: they run on the pool.
namespace disk::blocking {

/// Makes a new file and locks it. What an earlier run has left under that name is removed first; a
/// part that another process is writing is a failure of kind `name_conflict`.
base::Result<base::FileDescriptor> create_part(int directory, const std::string& part);

/// Writes all of it, however short the single writes are.
base::Result<void> write_all(int file, std::string_view bytes, const std::string& name);

/// Closes `file` and gives it its name. After `is_taken` the part is still there.
base::Result<Published> publish(int directory, base::FileDescriptor file, const std::string& part,
                                const std::string& name, IfThere if_there);

void remove(int directory, const std::string& name);

}  // namespace disk::blocking
