#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string_view>
#include <vector>

#include "base/file_descriptor.hpp"
#include "coro/task.hpp"
#include "coro/wait_list.hpp"
#include "loop/descriptor_watch.hpp"
#include "loop/loop.hpp"

namespace loop {

/// A stream of bytes from a descriptor, in pieces as they come, only as fast as they are asked for.
/// A pipe, a terminal or a socket is waited for on the loop, so that a writer who takes his time
/// holds no thread and a stop is seen at once. A file is read on the pool, unless its bytes are in
/// memory already: then others go first. The descriptor's flags are left as they are: others may
/// share it.
class Input {
 public:
  Input(Loop& loop, base::FileDescriptor descriptor);

  /// What was read: a count of bytes in `buffer()`, 0 at the end, or a negative errno; -ECANCELED
  /// when `stop` came first.
  coro::Task<std::int64_t> read(std::stop_token stop);

  const base::FileDescriptor& descriptor() const { return descriptor_; }

  /// The bytes of the last read; valid until the next.
  std::string_view buffer(std::int64_t count) const {
    return std::string_view(buffer_.data(), static_cast<std::size_t>(count));
  }

 private:
  std::int64_t read_from_memory();

  Loop& loop_;
  base::FileDescriptor descriptor_;
  bool is_file_;
  bool lies_in_memory_;
  coro::WaitList readable_;
  std::optional<DescriptorWatch> watch_;  ///< of what is no file
  std::vector<char> buffer_;
};

}  // namespace loop
