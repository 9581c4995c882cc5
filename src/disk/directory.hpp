#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "base/units.hpp"

namespace disk {

/// A name, and the directory in which it stands.
class Place {
 public:
  int directory() const { return below_ ? below_.number() : top_; }
  const std::string& name() const { return name_; }

 private:
  friend class Directory;

  Place(int top, std::string name) : top_(top), name_(std::move(name)) {}

  int top_;
  base::FileDescriptor below_;  ///< none: it stands in the output directory itself
  std::string name_;
};

/// The output directory, held open: what is written goes there, even when it is renamed meanwhile.
/// Names may be paths below it; see find().
class Directory {
 public:
  /// Makes the directory and those above it when they are missing, and looks whether files can be
  /// made in it. Blocks. Kind of a failure: `disk`.
  static base::Result<Directory> open_or_make(const std::string& path);

  int descriptor() const { return descriptor_.number(); }
  const std::string& path() const { return path_; }

  /// Whether nothing lay in it when it was opened: then no earlier run has left anything.
  bool was_empty() const { return was_empty_; }

  /// Where `path`, a name or several with "/" between them, stands below this directory. No link is
  /// followed, and no way leads up. Blocks. Kind of a failure: `name_conflict` when something else
  /// is in the way or a directory is missing, otherwise `disk`.
  base::Result<Place> find(const std::string& path) const;

  /// The same, after the directories on the way were made.
  base::Result<Place> find_or_make(const std::string& path);

  /// Whether there is anything by that name: a file, a link, whatever. Blocks.
  bool has(const std::string& name) const;

  /// Whether names that differ only in case are one name here, as on FAT. Found out by looking for
  /// `name`, or where that is not there by making a file for a moment; where none can be made the
  /// answer is no. Blocks.
  bool folds_case(const std::string& name) const;

  /// The size of the regular file by that name, which is no link. Blocks.
  std::optional<base::Bytes> size_of(const std::string& name) const;

  /// Makes the names durable that were given in it and below it before the call. Blocks; from any
  /// thread, one after the other. A sync that failed is not tried again: from then on all fail,
  /// because the system may tell one thread of another's lost name.
  base::Result<void> sync_names();

  /// The same for one name only, and the directories on the way to it.
  base::Result<void> sync_names_of(const std::string& path);

 private:
  struct NamesSync {
    std::mutex mutex;
    base::Result<void> outcome;
    std::atomic<bool> has_names_below = false;
  };

  Directory(base::FileDescriptor descriptor, std::string path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  base::Result<Place> find(const std::string& path, bool makes_directories) const;

  base::FileDescriptor descriptor_;
  std::string path_;
  bool was_empty_ = false;
  std::unique_ptr<NamesSync> names_sync_ = std::make_unique<NamesSync>();  ///< to stay movable
};

/// Makes the names in a directory durable, and those in the directories above it that are on the
/// same file system: any of them may have been made a moment ago. Blocks. Kind of a failure:
/// `disk`.
base::Result<void> sync_path(const std::string& directory);

}  // namespace disk
