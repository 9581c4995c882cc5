#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "http/body_memory.hpp"
#include "http/easy_handle.hpp"
#include "http/settings.hpp"
#include "loop/clock.hpp"
#include "loop/descriptor_watch.hpp"
#include "loop/kick.hpp"
#include "loop/loop.hpp"

namespace http {

class Transfer;

/// A curl multi handle on the loop: it tells libcurl of ready sockets and elapsed times, and hands
/// what ended to its transfer. How many run at once is decided elsewhere: libcurl's own queue and
/// limits stay unused. Outlives its transfers.
class Multi {
 public:
  Multi(loop::Loop& loop, loop::Clock& clock, Settings settings);
  ~Multi();
  Multi(const Multi&) = delete;
  Multi& operator=(const Multi&) = delete;

  const Settings& settings() const { return settings_; }
  loop::Loop& loop() { return loop_; }
  loop::Clock& clock() { return clock_; }
  BodyMemory& memory() { return memory_; }

  /// A clock that stands still while the network rests because of us: what a stall is measured by.
  base::Time network_now() const;

  std::size_t running() const { return transfers_.size(); }

  /// Bytes of bodies that have come so far.
  base::Bytes received() const { return received_; }

 private:
  friend class Transfer;

  std::unique_ptr<EasyHandle> take_handle();
  void add(Transfer& transfer);
  void add_again(Transfer& transfer);
  void remove(Transfer& transfer, std::unique_ptr<EasyHandle> handle);

  static int on_socket(CURL* handle, curl_socket_t socket, int what, void* self, void*) noexcept;
  static int on_timer(CURLM* multi, long milliseconds, void* user) noexcept;

  void act(curl_socket_t socket, int events);
  void act_on_timeout();
  void hand_out_endings();
  void rest(bool is_resting);
  void let_paused_go_on();

  loop::Loop& loop_;
  loop::Clock& clock_;
  Settings settings_;
  BodyMemory memory_;
  base::Duration rested_{};
  std::optional<base::Time> resting_since_;
  base::Bytes received_ = 0;

  // In the order in which they must live: libcurl calls back until its cleanup is through.
  loop::DescriptorWatch sockets_;
  Connections connections_;
  loop::Clock::Alarm timer_;
  loop::Kick kick_;    ///< libcurl's, which it cancels too
  loop::Kick resume_;  ///< after a rest
  std::vector<std::unique_ptr<EasyHandle>> idle_handles_;
  std::vector<Transfer*> transfers_;  ///< those that run
  std::unique_ptr<CURLM, CURLMcode (*)(CURLM*)> multi_;
};

}  // namespace http
