#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "base/failure.hpp"
#include "coro/task.hpp"
#include "disk/append_files.hpp"
#include "packets/mailbox.hpp"
#include "packets/tally.hpp"

namespace packets {

/// A user of whom there are messages to write, or who may send some. Two lines of the processor's
/// cache, in which a message finds all that it needs.
struct alignas(64) User {
  User(coro::ReadyQueue& ready, std::string its_id) : id(std::move(its_id)), mailbox(ready) {}

  std::string id;
  Mailbox mailbox;
  bool is_authorised = true;
  bool is_refused = false;                     ///< the file cannot be written: messages are dropped
  std::optional<std::size_t> unflushed_place;  ///< in the scheduler's list
};

/// What the users of a stream share. Outlives their coroutines.
struct Desk {
  Desk(coro::ReadyQueue& ready, disk::AppendFiles& its_files) : files(its_files), room(ready) {}

  disk::AppendFiles& files;
  coro::WaitList room;         ///< for those who wait until less is queued
  base::Bytes queued = 0;      ///< bytes in mailboxes and on their way to the disk
  std::size_t connecting = 0;  ///< users whose file is being opened
  Tally tally;
  std::stop_source stop;                      ///< stopped: nothing more is read from the stream
  std::optional<base::Failure> disk_failure;  ///< the first one stops the stream
  std::function<void(const base::Failure&)> on_refused;
};

/// The session of one user: opens ID.txt and starts write_to_file(), which ends with the
/// connection. Counts what becomes of the messages.
coro::Task<> connect_user(Desk& desk, User& user);

/// Takes messages until it is told that the connection ended, and writes them.
coro::Task<> write_to_file(Desk& desk, User& user, disk::AppendFiles::File& file);

}  // namespace packets
