#include <doctest/doctest.h>

#include <csignal>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

#include "http/transfer.hpp"
#include "loop/clock.hpp"
#include "support/death.hpp"
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
  return death_of([&meddle] {
    const Origin origin([](Peer& peer) {
      peer.read_request();
      peer.send_file("body");
    });
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
