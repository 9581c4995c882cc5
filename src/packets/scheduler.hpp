#pragma once

#include <tsl/robin_set.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"
#include "coro/nursery.hpp"
#include "coro/task.hpp"
#include "disk/line_splitter.hpp"
#include "packets/user.hpp"

namespace packets {

/// Routes the packets of streams to the coroutines of their users, and drops and counts what nobody
/// is authorised for. Users do not wait for each other. A user may have as much queued as is still
/// free; when he has more, the stream that brought it waits for his file, and the others go on.
class Scheduler {
 public:
  /// Longer lines are dropped whole.
  static constexpr base::Bytes longest_line = 64 * base::KiB;

  /// `nursery` runs the users' coroutines. Both outlive the scheduler.
  Scheduler(coro::ReadyQueue& ready, coro::Nursery& nursery, Desk& desk)
      : ready_(ready), nursery_(nursery), desk_(desk) {}

  /// In all mailboxes and on the way to the disk.
  static constexpr base::Bytes most_queued = 16 * base::MiB;

  /// Never waits. False when the stream that brought the line should: see wait_for_room().
  bool take(const disk::LineSplitter::Line& line);

  /// Waits until more may come for the user with this ID.
  coro::Task<> wait_for_room(std::string id);

  /// Lets every message that waits go to its file, now.
  void flush();

  /// The stream is over: what is queued is written, and the users' coroutines end.
  void finish();

 private:
  using OwnedUser = std::unique_ptr<User>;

  static std::string_view id_of(std::string_view id) { return id; }
  static std::string_view id_of(const OwnedUser& user) { return user->id; }

  struct Hash {
    std::size_t operator()(const auto& user) const { return hash_of(id_of(user)); }
    static std::size_t hash_of(std::string_view id);
  };
  struct HaveSameId {
    using is_transparent = void;
    bool operator()(const auto& a, const auto& b) const { return id_of(a) == id_of(b); }
  };
  // 16 bytes for each user. The hash is among them, so that only the user looked for is looked at.
  static constexpr bool stores_hash = true;
  using Users = tsl::robin_set<OwnedUser, Hash, HaveSameId, std::allocator<OwnedUser>, stores_hash>;

  User* find_authorised(std::string_view id) const;
  bool has_room_for(const User& user) const;
  bool has_room_for(std::string_view id) const;
  void drop(std::string_view id, std::uint64_t& reason);
  void authorise(std::string_view id);
  bool deliver(std::string_view id, std::string_view message);
  void disconnect(std::string_view id);
  void add_unflushed(User& user);
  void remove_unflushed(User& user);
  coro::Task<> serve(User& user);

  coro::ReadyQueue& ready_;
  coro::Nursery& nursery_;
  Desk& desk_;
  Users users_;                      ///< who is authorised, or still has messages to write
  std::vector<User*> unflushed_;     ///< those in whose mailbox something may wait
  base::Bytes unflushed_bytes_ = 0;  ///< that came since the last flush
};

}  // namespace packets
