#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <string>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "coro/task.hpp"
#include "coro/wait_list.hpp"
#include "disk/directory.hpp"
#include "loop/crew.hpp"
#include "loop/loop.hpp"

namespace disk {

/// Files of one directory that are appended to, more of them than may be open at once: the one that
/// was not used for longest is closed, and opened again when it is needed. Outlives its files.
class AppendFiles {
 public:
  class File;

  /// `most_open` is at least 1.
  AppendFiles(loop::Loop& loop, Directory& directory, std::size_t most_open)
      : crew_(loop, loop::pool_threads),
        directory_(directory),
        most_open_(most_open),
        slots_(loop.ready()) {}
  AppendFiles(const AppendFiles&) = delete;
  AppendFiles& operator=(const AppendFiles&) = delete;

  std::size_t open() const { return open_; }

 private:
  loop::Crew crew_;
  Directory& directory_;
  std::size_t most_open_;
  std::size_t open_ = 0;     ///< descriptors, in use or not
  std::list<File*> unused_;  ///< open and not in use, the oldest use first
  coro::WaitList slots_;     ///< for a descriptor
};

/// One of them. Its calls are made one after the other.
class AppendFiles::File {
 public:
  File(AppendFiles& files, std::string name) : files_(files), name_(std::move(name)) {}
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  /// Opens the file and makes it when it is missing. Kind `name_conflict` when something else has
  /// the name (a link, a pipe, a directory), or it cannot be written; `disk` when the disk fails.
  coro::Task<base::Result<void>> open();

  /// Appends all of `bytes`, which must live until then.
  coro::Task<base::Result<void>> append(std::string& bytes);

 private:
  coro::Task<base::Result<void>> write(std::string& bytes);
  coro::Task<base::FileDescriptor> take_slot();

  AppendFiles& files_;
  std::string name_;
  base::FileDescriptor descriptor_;
  std::optional<std::list<File*>::iterator> place_;  ///< among the unused
};

}  // namespace disk
