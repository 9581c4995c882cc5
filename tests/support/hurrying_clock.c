/* Preloaded into a process: for it, time passes twenty times as fast. */

#define _GNU_SOURCE
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { haste = 20 };

int clock_gettime(clockid_t clock, struct timespec *now) {
  static time_t began_at;
  const long status = syscall(SYS_clock_gettime, clock, now);
  if (clock != CLOCK_MONOTONIC) return (int)status;
  if (began_at == 0) began_at = now->tv_sec;
  const long long second = 1000000000;
  const long long passed = (now->tv_sec - began_at) * second + now->tv_nsec;
  now->tv_sec = began_at + passed * haste / second;
  now->tv_nsec = passed * haste % second;
  return (int)status;
}

int epoll_pwait(int epoll, struct epoll_event *events, int most, int timeout,
                const sigset_t *mask) {
  if (timeout > 0) timeout = timeout / haste + 1;
  return (int)syscall(SYS_epoll_pwait, epoll, events, most, timeout, mask, sizeof(long));
}

int epoll_wait(int epoll, struct epoll_event *events, int most, int timeout) {
  return epoll_pwait(epoll, events, most, timeout, NULL);
}
