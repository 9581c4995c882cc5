#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/file_descriptor.hpp"
#include "base/result.hpp"
#include "base/units.hpp"
#include "coro/task.hpp"
#include "disk/directory.hpp"
#include "loop/loop.hpp"

namespace disk {

/// What to do about a file that already has the name: look whether it has the same bytes, or put
/// the new one in its place.
enum class IfThere { compare, replace };

/// Whether publishing makes a file durable. `each`: its bytes before it has its name, its name
/// before it is called published. A file whose sync fails is a failure of kind `disk`; only when it
/// was the name's, the file is there, and whole.
enum class Sync { none, each };

/// How it went. `is_taken`: something else has the name, and it was left alone.
enum class Published { is_new, was_there, is_taken };

/// Where the bytes of NAME lie until they are whole: ".NAME.part" in the same directory. NAME may
/// be a path below the output directory.
std::string part_name(std::string_view name);

/// At most this many bytes has a name that leaves room for what part_name() adds.
inline constexpr std::size_t longest_name = 255 - std::string_view("..part").size();

/// What tells a part that was closed from another one that has its name by now.
struct PartStamp {
  std::uint64_t inode = 0;
  base::Bytes size = 0;
  std::uint64_t written_at = 0;  ///< in nanoseconds since 1970

  bool operator==(const PartStamp&) const = default;
};

/// Whether the part of `name` lies there as keep() has left it. Blocks.
bool has_part(const Directory& directory, const std::string& name, const PartStamp& stamp);

/// A file that comes in pieces: it is written beside its name and gets the name, atomically, when
/// it is whole. A part file that was left by an earlier run is replaced; what it was a link to is
/// not touched. Every failure is of kind `disk` or `name_conflict`, and then nothing lies under
/// the name. Everything happens on the pool. The loop and the directory must outlive it.
class PartFile {
 public:
  static coro::Task<base::Result<PartFile>> create(loop::Loop& loop, Directory& directory,
                                                   std::string name);

  /// A part that keep() has left, to go on with. Kind of a failure: `name_conflict`, when it is not
  /// there any more as it was.
  static coro::Task<base::Result<PartFile>> continued(loop::Loop& loop, Directory& directory,
                                                      std::string name, PartStamp stamp);

  /// A part with all of `bytes`, which must live until then, written and closed: one job.
  static coro::Task<base::Result<PartFile>> create_whole(loop::Loop& loop, Directory& directory,
                                                         std::string name, std::string& bytes);
  PartFile(PartFile&& other) noexcept;

  /// Removes what was written unless it was published; blocks when discard() was not called.
  ~PartFile();

  /// Appends all of `bytes`, which must live until then.
  coro::Task<base::Result<void>> write(std::string& bytes);

  /// The bytes from `offset` on, `most` or as many as there are.
  coro::Task<base::Result<std::string>> read(base::Bytes offset, base::Bytes most);

  /// Lets go of the descriptor, for a part that waits to be published. If another process takes its
  /// place meanwhile, publishing it is a failure of kind `name_conflict`.
  coro::Task<base::Result<void>> close();

  /// Gives the file the name `name`, in the directory where its part is. After `is_taken` it can be
  /// tried under another.
  coro::Task<base::Result<Published>> publish(std::string name, IfThere if_there, Sync sync);

  coro::Task<> discard();

  /// Closes the part and leaves it where it is, for continued(), perhaps in another process.
  coro::Task<base::Result<PartStamp>> keep();

 private:
  PartFile(loop::Loop& loop, Directory& directory, std::string name,
           base::FileDescriptor descriptor)
      : loop_(&loop),
        directory_(&directory),
        part_name_(std::move(name)),
        descriptor_(std::move(descriptor)) {}

  base::Result<void> close_now();
  base::Result<Published> publish_now(const std::string& name, IfThere if_there, Sync sync);
  void remove_now();

  loop::Loop* loop_;
  Directory* directory_;
  std::string part_name_;  ///< empty when nothing of that name is ours any more
  base::FileDescriptor descriptor_;
  std::optional<PartStamp> stamp_;  ///< of a part that was closed
};

/// The same for a whole body that is in memory, which must live until then: one job on the pool.
coro::Task<base::Result<Published>> save_whole(loop::Loop& loop, Directory& directory,
                                               std::string name, std::string& bytes,
                                               IfThere if_there, Sync sync);

}  // namespace disk
