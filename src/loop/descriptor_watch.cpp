#include "loop/descriptor_watch.hpp"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace loop {
namespace {

base::FileDescriptor make_epoll() {
  base::FileDescriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) insist(-errno, "cannot make an epoll descriptor");
  return epoll;
}

}  // namespace

DescriptorWatch::DescriptorWatch(Loop& loop, std::function<void(int, Readiness)> on_ready)
    : on_ready_(std::move(on_ready)),
      epoll_(make_epoll()),
      poll_(make_handle<uv_poll_t>(
          [&](uv_poll_t* poll) { return uv_poll_init(loop.native(), poll, epoll_.number()); },
          this)) {
  resume();
}

bool DescriptorWatch::watch(int fd, Readiness wanted) {
  const auto index = static_cast<std::size_t>(fd);
  if (index >= watched_.size()) watched_.resize(index + 1);
  Watched& watched = watched_[index];

  epoll_event event = {};
  event.events = (wanted.readable ? EPOLLIN : 0U) | (wanted.writable ? EPOLLOUT : 0U);
  event.data.fd = fd;
  watched.wanted = event.events;
  if (watched.wanted == watched.registered) return true;

  int status = epoll_ctl(epoll_.number(), watched.registered == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD,
                         fd, &event);
  // The descriptor was closed and its number used again without our being told, or the other way
  // round: the kernel knows better than the table.
  if (status != 0 && errno == ENOENT)
    status = epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, fd, &event);
  else if (status != 0 && errno == EEXIST)
    status = epoll_ctl(epoll_.number(), EPOLL_CTL_MOD, fd, &event);
  if (status != 0 && errno != EPERM) insist(-errno, "cannot watch a descriptor");
  watched.registered = status == 0 ? event.events : 0;
  return status == 0;
}

void DescriptorWatch::forget(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (index < watched_.size()) watched_[index].wanted = 0;
}

void DescriptorWatch::forget_closed(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (index < watched_.size()) watched_[index] = Watched();
}

void DescriptorWatch::unregister(int fd) {
  watched_[static_cast<std::size_t>(fd)].registered = 0;
  epoll_event unused = {};
  epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, fd, &unused);  // fails when it is closed: as well
}

void DescriptorWatch::pause() {
  is_paused_ = true;
  insist(uv_poll_stop(poll_.get()), "cannot pause the sockets");
}

void DescriptorWatch::resume() {
  is_paused_ = false;
  const auto on_events = [](uv_poll_t* poll, int status, int) noexcept {
    insist(status, "the sockets cannot be watched any more");
    static_cast<DescriptorWatch*>(poll->data)->report_ready();
  };
  insist(uv_poll_start(poll_.get(), UV_READABLE, on_events), "cannot watch the sockets");
}

void DescriptorWatch::report_ready() {
  std::array<epoll_event, 256> events;
  const int count =
      epoll_wait(epoll_.number(), events.data(), static_cast<int>(events.size()), /*timeout=*/0);
  for (int i = 0; i < count && !is_paused_; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (watched_[static_cast<std::size_t>(event.data.fd)].wanted == 0) {
      unregister(event.data.fd);
      continue;
    }
    Readiness now;
    now.readable = (event.events & (EPOLLIN | EPOLLHUP | EPOLLRDHUP)) != 0;
    now.writable = (event.events & EPOLLOUT) != 0;
    now.failed = (event.events & EPOLLERR) != 0;
    on_ready_(event.data.fd, now);
  }
}

}  // namespace loop
