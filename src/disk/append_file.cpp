#include "disk/append_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <string_view>
#include <utility>

#include "disk/publish.hpp"
#include "disk/read_full.hpp"
#include "loop/file_request.hpp"
#include "loop/pool_work.hpp"

namespace disk {
namespace {

/// The offset after the last LF, or -1 when the file cannot be read.
off_t end_of_last_line(int file, off_t size) {
  std::array<char, 4096> block{};
  for (off_t end = size; end > 0;) {
    const off_t begin = std::max<off_t>(end - static_cast<off_t>(block.size()), 0);
    const auto wanted = static_cast<std::size_t>(end - begin);
    const ssize_t count = read_full(file, begin, std::span(block).first(wanted));
    if (count != end - begin) return -1;
    const std::string_view bytes(block.data(), static_cast<std::size_t>(count));
    const std::size_t newline = bytes.rfind('\n');
    if (newline != std::string_view::npos) return begin + static_cast<off_t>(newline) + 1;
    end = begin;
  }
  return 0;
}

/// Whether what stands from `offset` to the end can be a record that was torn: anything else is not
/// ours to cut, such as the last line of somebody's JSON.
bool begins_as_record(int file, off_t offset) {
  constexpr std::string_view beginning = "{\"n\":";
  std::array<char, beginning.size()> bytes{};
  const ssize_t count = read_full(file, offset, bytes);
  return count > 0 &&
         beginning.starts_with(std::string_view(bytes.data(), static_cast<std::size_t>(count)));
}

constexpr std::string_view another = "name another one with --log";

}  // namespace

base::Result<base::FileDescriptor> open_log(const std::string& path) {
  // O_NONBLOCK: a FIFO by that name must not make us wait for its reader.
  base::FileDescriptor file(
      open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666));
  if (!file && errno == ELOOP)
    return base::Failure(base::Kind::disk, ELOOP,
                         fmt::format("the log {} is a link; name its target with --log", path));
  if (!file)
    return base::disk_failure(errno, fmt::format("cannot open the log {}", path)).advising(another);
  struct stat status = {};
  if (fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode))
    return base::Failure(base::Kind::disk, EINVAL,
                         fmt::format("the log {} is no regular file", path))
        .advising(another);
  if (flock(file.number(), LOCK_EX | LOCK_NB) != 0)
    return base::Failure(base::Kind::disk, errno,
                         fmt::format("another process is writing the log {}", path))
        .advising("wait for its end, or name another one with --log");
  const off_t end = end_of_last_line(file.number(), status.st_size);
  if (end >= 0 && end < status.st_size && !begins_as_record(file.number(), end))
    return base::Failure(base::Kind::disk, EWOULDBLOCK, fmt::format("{} is no log of ours", path))
        .advising(another);
  if (end < 0 || (end < status.st_size && ftruncate(file.number(), end) != 0))
    return base::disk_failure(errno, fmt::format("cannot repair the end of the log {}", path));
  return file;
}

AppendFile::AppendFile(loop::Loop& loop, base::FileDescriptor descriptor, std::string name)
    : loop_(loop),
      descriptor_(std::move(descriptor)),
      name_(std::move(name)),
      progress_(loop.ready()) {}

void AppendFile::sync_in_groups(loop::Clock& clock, base::Duration gathering) {
  sync_.emplace(
      loop_, clock, [this] { return blocking::sync_bytes(descriptor_.number(), name_); },
      gathering);
}

coro::Task<base::Result<void>> AppendFile::append(std::string lines) {
  waiting_ += lines;
  appended_ += lines.size();
  const std::uint64_t mine = appended_;
  while (written_ < mine && outcome_) {
    if (is_writing_)
      co_await progress_.wait();
    else
      co_await write_what_waits();
  }
  if (!sync_ || !outcome_) co_return outcome_;
  const base::Result<void> synced = co_await sync_->wait();
  if (!synced) outcome_ = synced;
  co_return synced;
}

/// Somebody who shares the descriptor has made it non-blocking, and its reader is slow.
coro::Task<> AppendFile::wait_until_writable() {
  const auto wait = [fd = descriptor_.number()] {
    pollfd writable = {fd, POLLOUT, 0};
    constexpr int milliseconds = 1000;  // then we look again
    return poll(&writable, 1, milliseconds);
  };
  co_await loop::on_pool(loop_, wait);
}

coro::Task<> AppendFile::write_what_waits() {
  is_writing_ = true;
  const std::string batch = std::exchange(waiting_, std::string());
  std::string_view rest = batch;
  while (!rest.empty() && outcome_) {
    const std::int64_t count = co_await loop::write(loop_, descriptor_.number(), rest);
    if (count >= 0)
      rest.remove_prefix(static_cast<std::size_t>(count));
    else if (count == -EAGAIN)
      co_await wait_until_writable();
    else if (count != -EINTR)
      outcome_ = base::disk_failure(static_cast<int>(-count), "cannot write " + name_);
  }
  written_ += batch.size() - rest.size();
  is_writing_ = false;
  progress_.wake_all();
}

}  // namespace disk
