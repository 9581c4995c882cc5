#pragma once

#include <random>
#include <stop_token>

#include "coro/semaphore.hpp"
#include "coro/task.hpp"
#include "disk/directory.hpp"
#include "disk/group_sync.hpp"
#include "fetch/file_name.hpp"
#include "fetch/host_limits.hpp"
#include "fetch/log_index.hpp"
#include "fetch/name_register.hpp"
#include "fetch/options.hpp"
#include "fetch/outcome.hpp"
#include "http/multi.hpp"
#include "loop/clock.hpp"
#include "loop/loop.hpp"

namespace fetch {

/// Who is told what became of each line.
class Reporter {
 public:
  virtual ~Reporter() = default;

  /// Called once for every line that was taken. Returns when the record is written.
  virtual coro::Task<> tell(Outcome outcome) = 0;
};

/// What the lines of a run share. Everything here outlives fetch_all().
struct Run {
  loop::Loop& loop;
  loop::Clock& clock;
  http::Multi& http;
  disk::Directory& directory;
  disk::DirectorySync& sync;  ///< for Durability::batch
  Reporter& reporter;
  Options options;
  NameTemplate name_template;
  NameRegister names;
  LogIndex log;           ///< what earlier runs have done
  HostLimits hosts;       ///< whom to ask when
  coro::Semaphore lines;  ///< one for each line that was taken and is not reported yet
  coro::Semaphore files;  ///< one for each file that is written as its body comes: twice as many as
                          ///< requests, so that a slow disk does not keep the network waiting

  std::stop_source intake;  ///< stopped: no further line is taken
  std::stop_source cancel;  ///< stopped: what is running ends too

  std::size_t retrying = 0;  ///< lines that wait for their next try

  std::mt19937_64 random{std::random_device()()};

  /// From [0, 1).
  double chance() { return std::generate_canonical<double, 53>(random); }
};

}  // namespace fetch
