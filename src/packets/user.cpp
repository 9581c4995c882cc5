#include "packets/user.hpp"

#include <utility>

namespace packets {
namespace {

void leave_queue(Desk& desk, const Messages& messages) {
  desk.queued -= messages.text.size();
  desk.room.wake_all();
}

/// What could not be written, and what waits behind it.
void drop(Desk& desk, User& user, std::uint64_t& reason, Messages messages) {
  leave_queue(desk, messages);
  const Messages behind = user.mailbox.take_all();
  leave_queue(desk, behind);
  reason += messages.count + behind.count;
  user.is_refused = true;
}

void refuse(Desk& desk, User& user, const base::Failure& failure, Messages messages) {
  if (failure.kind() == base::Kind::disk) {
    drop(desk, user, desk.tally.lost_messages, std::move(messages));
    if (!desk.disk_failure) desk.disk_failure = failure;
    desk.stop.request_stop();
    return;
  }
  drop(desk, user, desk.tally.refused_messages, std::move(messages));
  ++desk.tally.refused_files;
  desk.on_refused(failure);
}

}  // namespace

coro::Task<> connect_user(Desk& desk, User& user) {
  disk::AppendFiles::File file(desk.files, user.id + ".txt");
  ++desk.connecting;
  const base::Result<void> opened = co_await file.open();
  --desk.connecting;
  desk.room.wake_all();
  if (opened)
    co_await write_to_file(desk, user, file);
  else
    refuse(desk, user, opened.error(), Messages());
}

coro::Task<> write_to_file(Desk& desk, User& user, disk::AppendFiles::File& file) {
  for (;;) {
    Messages messages = co_await user.mailbox.take();
    if (messages.count == 0) co_return;
    const base::Result<void> written = co_await file.append(messages.text);
    if (!written) {
      refuse(desk, user, written.error(), std::move(messages));
      co_return;
    }
    desk.tally.messages += messages.count;
    desk.tally.bytes += messages.text.size();
    leave_queue(desk, messages);
  }
}

}  // namespace packets
