#pragma once

#include <optional>
#include <string>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "base/units.hpp"

namespace disk {

/// The output directory, held open: what is written goes there, even when it is renamed meanwhile.
class Directory {
 public:
  /// Makes the directory and those above it when they are missing, and looks whether files can be
  /// made in it. Blocks. Kind of a failure: `disk`.
  static base::Result<Directory> open_or_make(const std::string& path);

  int descriptor() const { return descriptor_.number(); }
  const std::string& path() const { return path_; }

  /// Whether there is anything by that name: a file, a link, whatever. Blocks.
  bool has(const std::string& name) const;

  /// The size of the regular file by that name, which is no link. Blocks.
  std::optional<base::Bytes> size_of(const std::string& name) const;

 private:
  Directory(base::FileDescriptor descriptor, std::string path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  base::FileDescriptor descriptor_;
  std::string path_;
};

}  // namespace disk
