#include "loop/signals.hpp"

#include <csignal>
#include <cstdlib>

namespace loop {
namespace {

bool is_ignored(int number) {
  struct sigaction current = {};
  return sigaction(number, nullptr, &current) == 0 && current.sa_handler == SIG_IGN;
}

}  // namespace

Signals::Signals(Loop& loop, std::initializer_list<int> numbers, std::function<void(int)> on_signal)
    : on_signal_(std::move(on_signal)) {
  for (const int number : numbers) {
    if (is_ignored(number)) continue;
    watchers_.push_back(make_handle<uv_signal_t>(
        [&loop](uv_signal_t* watcher) { return uv_signal_init(loop.native(), watcher); }, this));
    const auto on_signal_number = [](uv_signal_t* watcher, int caught) noexcept {
      static_cast<Signals*>(watcher->data)->on_signal_(caught);
    };
    insist(uv_signal_start(watchers_.back().get(), on_signal_number, number),
           "cannot watch for a signal");
    uv_unref(reinterpret_cast<uv_handle_t*>(watchers_.back().get()));
  }
}

void die_of_signal(int number) {
  std::signal(number, SIG_DFL);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  sigprocmask(SIG_UNBLOCK, &set, nullptr);
  std::raise(number);
  std::_Exit(128 + number);  // only when the signal does not end a process
}

void catch_once(int number, void (*handler)(int)) {
  if (is_ignored(number)) return;
  struct sigaction once = {};
  once.sa_handler = handler;
  once.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(number, &once, nullptr);
}

void stop_by_signal(int number) {
  struct sigaction usual = {};
  struct sigaction ours = {};
  usual.sa_handler = SIG_DFL;
  sigaction(number, &usual, &ours);
  std::raise(number);
  sigaction(number, &ours, nullptr);
}

void ignore_broken_pipes() {
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace loop
