#include "http/read_limit.hpp"

#include <ctime>

namespace http {
namespace {

/// Not that of the wall: a process that was stopped meanwhile has not read for long.
std::chrono::nanoseconds processor_time() {
  timespec time = {};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

void ReadLimit::bound(SSL_CTX* context) {
  SSL_CTX_set_msg_callback(context, on_record);
  SSL_CTX_set_msg_callback_arg(context, this);
}

void ReadLimit::on_record(int is_sent, int, int type, const void*, std::size_t, SSL* tls,
                          void* user) noexcept {
  // With so few the clock is not asked, which costs more than all else here.
  constexpr int few = 64;
  constexpr std::chrono::milliseconds most(500);
  if (is_sent != 0 || type != SSL3_RT_HEADER) return;
  ReadLimit& self = *static_cast<ReadLimit*>(user);
  if (self.reading_ != tls) self.records_ = 0;
  self.reading_ = tls;
  if (++self.records_ < few) return;
  const std::chrono::nanoseconds now = processor_time();
  if (self.records_ == few) self.since_ = now;
  if (now - self.since_ >= most) SSL_set_shutdown(tls, SSL_RECEIVED_SHUTDOWN);
}

}  // namespace http
