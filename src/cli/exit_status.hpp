#pragma once

namespace cli {

/// What the process says to its caller. Killed by a signal, it dies of that signal instead.
enum class ExitStatus {
  all_saved = 0,       ///< every line saved, or there already
  some_failed = 1,     ///< some line failed
  usage = 2,           ///< the command line is wrong, or a list cannot be read
  machine_failed = 3,  ///< the output directory, the disk, the log or stdout failed
};

}  // namespace cli
