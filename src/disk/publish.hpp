#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "disk/part_file.hpp"

/// The calls of which a part file is made. All of them block: they run on the pool.
namespace disk::blocking {

/// Removes what an earlier run has left under the name of a part. Not when it is being written by
/// another process: false.
bool remove_left_part(int directory, const std::string& part);

/// Makes a new file and locks it. What an earlier run has left under that name is removed first; a
/// part that another process is writing is a failure of kind `name_conflict`.
base::Result<base::FileDescriptor> create_part(int directory, const std::string& part);

/// Writes all of it, however short the single writes are.
base::Result<void> write_all(int file, std::string_view bytes, const std::string& name);

/// Closes a part that is written, for as long as it waits. `stamp` tells it from others then, also
/// when that failed.
base::Result<void> close_part(base::FileDescriptor file, const std::string& part, PartStamp& stamp);

/// Opens and locks a part that was closed, to read it and to append to it; one that is not the same
/// any more, because somebody has replaced it, is a failure of kind `name_conflict`.
base::Result<base::FileDescriptor> reopen_part(int directory, const std::string& part,
                                               const PartStamp& stamp);

/// Gives the part, which `file` has locked, its name. Close `file` afterwards, or when it
/// `is_taken` try another name or remove_part(). Of `sync` only the bytes are done here.
base::Result<Published> publish(int directory, const base::FileDescriptor& file,
                                const std::string& part, const std::string& name, IfThere if_there,
                                Sync sync);

/// Up to `most` bytes from the beginning of the regular file by that name, which is no link.
/// Nothing when there is none, or when it cannot be read.
std::optional<std::string> read_beginning(int directory, const std::string& name, std::size_t most);

/// Saves a whole body in a file that has no name before it is complete, and so needs no part: 31
/// instead of 43 us on ext4, and whatever happens nothing is left. Never over something that is
/// there. `nullopt` where the system has no such files.
std::optional<base::Result<Published>> save_unnamed(int directory, std::string_view bytes,
                                                    const std::string& name);

/// Removes the part that `file` has locked, if it still has that name.
void remove_part(int directory, const std::string& part, const base::FileDescriptor& file);

// The syncs. Each failure is of kind `disk`, and what it was to make durable must be given up: the
// next sync might succeed although the bytes are lost.

/// The bytes of an open file; `name` is for messages.
base::Result<void> sync_bytes(int file, const std::string& name);

/// The bytes of a file that was there.
base::Result<void> sync_bytes_of(int directory, const std::string& name);

/// Everything on the file system of the directory. Errors are told by Linux 5.8 and later.
base::Result<void> sync_files(int directory);

/// The names in the directory; `name` is its own, for messages.
base::Result<void> sync_names(int directory, const std::string& name);

}  // namespace disk::blocking
