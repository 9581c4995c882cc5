#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

/// How a program ended.
struct Death {
  int signal = 0;     ///< 0 when it ended by itself.
  std::string words;  ///< What it said.
};

/// Runs the test case called `name`, one that is skipped otherwise, in a program of its own. A fork
/// of this one would not do: it takes along every lock that another thread holds at that moment.
inline Death death_in(std::string_view name) {
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  const std::string command =
      fmt::format("exec '{}' --no-skip --test-case='{}' 2>&1", self.string(), name);
  FILE* const output = popen(command.c_str(), "re");
  REQUIRE(output);
  Death death;
  std::array<char, 4096> bytes = {};
  while (const std::size_t count = fread(bytes.data(), 1, bytes.size(), output))
    death.words.append(bytes.data(), count);
  const int status = pclose(output);
  death.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return death;
}
