#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/file_descriptor.hpp"
#include "http/transfer.hpp"
#include "loop/clock.hpp"
#include "support/origin.hpp"

TEST_SUITE_BEGIN("http");

namespace {

/// A clock that does something else besides when it is asked: so a test gets into a callback.
class MeddlingClock : public loop::LoopClock {
 public:
  using LoopClock::LoopClock;

  base::Time now() const override {
    if (meddle) meddle();
    return LoopClock::now();
  }

  std::function<void()> meddle;
};

struct Death {
  int signal = 0;
  std::string words;
};

/// How a process ends, and what it says then, in which `act` is run.
Death death_of(const std::function<void()>& act) {
  std::array<int, 2> ends = {};
  REQUIRE(pipe(ends.data()) == 0);
  const base::FileDescriptor reader(ends[0]);
  base::FileDescriptor writer(ends[1]);
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);  // doctest's would report a failure of this test
    dup2(writer.number(), STDERR_FILENO);
    try {
      act();
    } catch (...) {
      _exit(1);
    }
    _exit(0);
  }
  writer = base::FileDescriptor();
  Death death;
  std::array<char, 4096> bytes = {};
  for (ssize_t count = 0; (count = read(reader.number(), bytes.data(), bytes.size())) > 0;)
    death.words.append(bytes.data(), static_cast<std::size_t>(count));
  int status = 0;
  waitpid(child, &status, 0);
  death.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  return death;
}

using Meddle = std::function<void(http::Multi&, const http::Url&)>;

/// A request during which `meddle` is called from within libcurl's callback for the body.
coro::Task<> get_and_meddle(http::Multi& multi, MeddlingClock& clock, std::string text,
                            Meddle meddle) {
  const base::Result<http::Url> url = http::Url::parse(text);
  http::Transfer transfer(multi, *url, {}, std::stop_token());
  bool has_meddled = false;
  clock.meddle = [&] {
    if (transfer.has_head() && !std::exchange(has_meddled, true)) meddle(multi, *url);
  };
  const base::Result<http::Piece> piece = co_await transfer.next_piece();
  CHECK(piece);
}

Death death_in_callback(const Meddle& meddle) {
  const Origin origin([](Peer& peer) {
    peer.read_request();
    peer.send_file("body");
  });
  return death_of([&] {
    loop::Loop loop;
    MeddlingClock clock(loop);
    http::Multi multi(loop, clock, http::Settings());
    loop.run(get_and_meddle(multi, clock, origin.url(), meddle));
  });
}

}  // namespace

TEST_CASE("row 104: who calls libcurl from one of its callbacks is stopped at once") {
  const Death death = death_in_callback([](http::Multi& multi, const http::Url& url) {
    const http::Transfer another(multi, url, {}, std::stop_token());
  });
  CAPTURE(death.words);
  CHECK(death.signal == SIGABRT);
  CHECK(death.words.find("called from within callback") != std::string::npos);
}

TEST_CASE("row 108: an exception in a callback ends the program, with its words") {
  const Death death = death_in_callback(
      [](http::Multi&, const http::Url&) { throw std::runtime_error("thrown into C"); });
  CAPTURE(death.words);
  CHECK(death.signal == SIGABRT);
  CHECK(death.words.find("thrown into C") != std::string::npos);
}

TEST_SUITE_END();
