#pragma once

#include <uv.h>

#include <functional>
#include <initializer_list>
#include <vector>

#include "loop/handle.hpp"
#include "loop/loop.hpp"

namespace loop {

/// Takes the named signals of the process as long as it lives, and calls back with each of them
/// from the loop; one that was ignored stays so, as under nohup. Signals alone do not keep a loop
/// running.
class Signals {
 public:
  Signals(Loop& loop, std::initializer_list<int> numbers, std::function<void(int)> on_signal);

 private:
  std::function<void(int)> on_signal_;
  std::vector<Owned<uv_signal_t>> watchers_;
};

/// Ends this process by `number`, as if it had never been caught: what a shell expects of a program
/// that was interrupted and has cleaned up.
[[noreturn]] void die_of_signal(int number);

/// Has `handler` called at the first `number`, at once and whatever the loop does, unless that is
/// ignored. It may only do what a signal handler may; raising `number` ends the process as if it
/// had never been caught.
void catch_once(int number, void (*handler)(int));

/// Stops this process by `number` (SIGTSTP), as if it had never been caught; returns when somebody
/// lets it go on.
void stop_by_signal(int number);

}  // namespace loop
