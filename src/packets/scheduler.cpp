#include "packets/scheduler.hpp"

#define XXH_INLINE_ALL  // a call would cost as much as the work
#include <xxhash.h>

#include <utility>

#include "packets/packet.hpp"

namespace packets {
namespace {

// The rest is for what is being written meanwhile. When there is no room less will do, but not a
// few bytes for each of many users: those wait for the next flush.
constexpr base::Bytes worth_a_flush = Scheduler::most_queued / 4;
constexpr base::Bytes worth_a_flush_in_need = Scheduler::most_queued / 8;

// Users whose file is being opened: each costs a coroutine, and a stream can bring them quickly.
constexpr std::size_t most_connecting = 1000;

}  // namespace

std::size_t Scheduler::Hash::hash_of(std::string_view id) {
  return XXH3_64bits(id.data(), id.size());
}

bool Scheduler::take(const disk::LineSplitter::Line& line) {
  if (line.is_too_long) {
    ++desk_.tally.too_long;
    return true;
  }
  const Packet packet = parse_packet(line.text);
  switch (packet.kind) {
    case Packet::Kind::auth:
      authorise(packet.id);
      return desk_.connecting <= most_connecting;
    case Packet::Kind::message:
      return deliver(packet.id, packet.message);
    case Packet::Kind::disconnect:
      disconnect(packet.id);
      return true;
  }
  return true;
}

User* Scheduler::find_authorised(std::string_view id) const {
  const auto found = users_.find(id);
  return found != users_.end() && (*found)->is_authorised ? found->get() : nullptr;
}

/// Only here is an ID looked at: that of a user who is known was good when he came.
void Scheduler::drop(std::string_view id, std::uint64_t& reason) {
  ++(is_id(id) ? reason : desk_.tally.bad_ids);
}

/// So a slow file takes half of the room, the next one half of what is left: there is always some.
bool Scheduler::has_room_for(const User& user) const {
  return user.mailbox.size() + desk_.queued <= most_queued;
}

bool Scheduler::has_room_for(std::string_view id) const {
  const auto found = users_.find(id);
  return desk_.connecting <= most_connecting && (found == users_.end() || has_room_for(**found));
}

coro::Task<> Scheduler::wait_for_room(std::string id) {
  if (unflushed_bytes_ > worth_a_flush_in_need) flush();
  while (!has_room_for(id) && !desk_.disk_failure) co_await desk_.room.wait();
}

void Scheduler::flush() {
  unflushed_bytes_ = 0;
  for (User* const user : std::exchange(unflushed_, std::vector<User*>())) {
    user->unflushed_place.reset();
    user->mailbox.flush();
  }
}

void Scheduler::add_unflushed(User& user) {
  if (user.unflushed_place) return;
  user.unflushed_place = unflushed_.size();
  unflushed_.push_back(&user);
}

/// The last one takes the place, so that it costs the same among a million users.
void Scheduler::remove_unflushed(User& user) {
  if (!user.unflushed_place) return;
  unflushed_.back()->unflushed_place = user.unflushed_place;
  unflushed_[*user.unflushed_place] = unflushed_.back();
  unflushed_.pop_back();
  user.unflushed_place.reset();
}

void Scheduler::finish() {
  for (const OwnedUser& user : users_) {
    user->is_authorised = false;
    user->mailbox.close();
  }
}

void Scheduler::authorise(std::string_view id) {
  const auto found = users_.find(id);
  if (found != users_.end() && (*found)->is_authorised) return drop(id, desk_.tally.already_active);
  if (found == users_.end()) {
    if (!is_id(id)) return drop(id, desk_.tally.bad_ids);
    const auto added = users_.insert(std::make_unique<User>(ready_, std::string(id))).first;
    nursery_.spawn(serve(**added));
  } else {
    // Who comes back before the last messages are written goes on with the same coroutine.
    User& user = **found;
    user.is_authorised = true;
    if (!std::exchange(user.is_refused, false)) user.mailbox.open_again();
  }
  ++desk_.tally.users;
}

/// False when there is no room for more.
bool Scheduler::deliver(std::string_view id, std::string_view message) {
  User* const user = find_authorised(id);
  if (!user) {
    drop(id, desk_.tally.not_authorised);
    return true;
  }
  if (user->is_refused) {
    drop(id, desk_.disk_failure ? desk_.tally.lost_messages : desk_.tally.refused_messages);
    return true;
  }

  desk_.queued += message.size() + 1;
  unflushed_bytes_ += message.size() + 1;
  user->mailbox.put(message);
  add_unflushed(*user);
  if (unflushed_bytes_ > worth_a_flush) flush();
  return has_room_for(*user);
}

void Scheduler::disconnect(std::string_view id) {
  User* const user = find_authorised(id);
  if (!user) return drop(id, desk_.tally.not_connected);
  user->is_authorised = false;
  user->mailbox.close();
}

coro::Task<> Scheduler::serve(User& user) {
  for (;;) {
    co_await connect_user(desk_, user);
    // A refused user stays known until he goes, so that his messages are counted as what they are.
    if (user.is_refused) co_await user.mailbox.wait_until_closed();
    if (!user.is_authorised) break;
    user.mailbox.open_again();  // he has come back
  }
  remove_unflushed(user);
  users_.erase(std::string_view(user.id));
}

}  // namespace packets
