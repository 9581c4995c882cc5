#include "packets/scheduler.hpp"

#include <xxhash.h>

#include <utility>

#include "packets/packet.hpp"

namespace packets {
namespace {

// In all mailboxes and on the way to the disk. While one half is written the other is filled.
constexpr base::Bytes most_queued = 16 * base::MiB;
constexpr base::Bytes worth_a_flush = most_queued / 2;

// Of one user, whose file is slow: others go on until then.
constexpr base::Bytes most_queued_of_one = 1 * base::MiB;

// Users whose file is being opened: each costs a coroutine, and a stream can bring them quickly.
constexpr std::size_t most_connecting = 1000;

}  // namespace

std::size_t Scheduler::Hash::operator()(std::string_view id) const {
  return XXH3_64bits(id.data(), id.size());
}

void Scheduler::take(const disk::LineSplitter::Line& line) {
  if (line.is_too_long) {
    ++desk_.tally.too_long;
    return;
  }
  const Packet packet = parse_packet(line.text);
  switch (packet.kind) {
    case Packet::Kind::auth:
      return authorise(packet.id);
    case Packet::Kind::message:
      return deliver(packet.id, packet.message);
    case Packet::Kind::disconnect:
      return disconnect(packet.id);
  }
}

User* Scheduler::find_authorised(std::string_view id) const {
  const auto found = users_.find(id);
  return found != users_.end() && found->second->is_authorised ? found->second.get() : nullptr;
}

/// Only here is an ID looked at: that of a user who is known was good when he came.
void Scheduler::drop(std::string_view id, std::uint64_t& reason) {
  ++(is_id(id) ? reason : desk_.tally.bad_ids);
}

bool Scheduler::is_congested() const {
  return desk_.queued > most_queued || desk_.connecting > most_connecting ||
         (crowded_ && crowded_->mailbox.size() > most_queued_of_one);
}

coro::Task<> Scheduler::wait_for_room() {
  if (is_congested()) flush();
  while (is_congested() && !desk_.disk_failure) co_await desk_.room.wait();
}

void Scheduler::flush() {
  unflushed_bytes_ = 0;
  for (User* const user : std::exchange(unflushed_, std::vector<User*>())) {
    user->is_flushed = true;
    user->mailbox.flush();
  }
}

void Scheduler::finish() {
  for (const auto& [id, user] : users_) {
    user->is_authorised = false;
    user->mailbox.close();
  }
}

void Scheduler::authorise(std::string_view id) {
  const auto found = users_.find(id);
  if (found != users_.end() && found->second->is_authorised)
    return drop(id, desk_.tally.already_active);
  if (found == users_.end()) {
    if (!is_id(id)) return drop(id, desk_.tally.bad_ids);
    auto user = std::make_unique<User>(ready_, std::string(id));
    User& served = *user;
    users_.emplace(id, std::move(user));
    nursery_.spawn(serve(std::string(id), served));
  } else {
    // Who comes back before the last messages are written goes on with the same coroutine.
    User& user = *found->second;
    user.is_authorised = true;
    if (!std::exchange(user.is_refused, false)) user.mailbox.open_again();
  }
  ++desk_.tally.users;
}

void Scheduler::deliver(std::string_view id, std::string_view message) {
  User* const user = find_authorised(id);
  if (!user) return drop(id, desk_.tally.not_authorised);
  if (user->is_refused)
    return drop(id, desk_.disk_failure ? desk_.tally.lost_messages : desk_.tally.refused_messages);

  desk_.queued += message.size() + 1;
  unflushed_bytes_ += message.size() + 1;
  user->mailbox.put(message);
  if (user->mailbox.size() > most_queued_of_one) crowded_ = user;
  if (std::exchange(user->is_flushed, false)) unflushed_.push_back(user);
  if (unflushed_bytes_ > worth_a_flush) flush();
}

void Scheduler::disconnect(std::string_view id) {
  User* const user = find_authorised(id);
  if (!user) return drop(id, desk_.tally.not_connected);
  user->is_authorised = false;
  user->mailbox.close();
}

coro::Task<> Scheduler::serve(std::string id, User& user) {
  for (;;) {
    co_await connect_user(desk_, user);
    // A refused user stays known until he goes, so that his messages are counted as what they are.
    if (user.is_refused) co_await user.mailbox.wait_until_closed();
    if (!user.is_authorised) break;
    user.mailbox.open_again();  // he has come back
  }
  std::erase(unflushed_, &user);
  if (crowded_ == &user) crowded_ = nullptr;
  users_.erase(id);
}

}  // namespace packets
