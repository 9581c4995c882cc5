#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>

/// How a program ended.
struct Death {
  int signal = 0;     ///< 0 when it ended by itself.
  std::string words;  ///< What it said.
};

/// How a program ends that does `act`. It is this one once more, with the test case that asks, and
/// nothing else: a fork would take along every lock that another thread holds at that moment.
inline Death death_of(const std::function<void()>& act) {
  static constexpr const char* asked = "FETCHER_TESTS_DIES";
  if (getenv(asked)) {
    act();
    std::_Exit(0);
  }
  std::string name = doctest::getContextOptions()->currentTest->m_name;
  std::replace(name.begin(), name.end(), ',', '?');  // which would begin another pattern
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe");
  const std::string command =
      fmt::format("{}=1 exec '{}' --test-case='{}' 2>&1", asked, self.string(), name);
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
