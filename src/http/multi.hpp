#pragma once

#include <curl/curl.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "http/body_memory.hpp"
#include "http/byte_rate.hpp"
#include "http/connect_times.hpp"
#include "http/easy_handle.hpp"
#include "http/read_limit.hpp"
#include "http/resolver.hpp"
#include "http/settings.hpp"
#include "http/shared_tls.hpp"
#include "loop/clock.hpp"
#include "loop/descriptor_watch.hpp"
#include "loop/kick.hpp"
#include "loop/loop.hpp"
#include "loop/workers.hpp"

namespace http {

class Transfer;

/// A curl multi handle on the loop: it tells libcurl of ready sockets and elapsed times, and hands
/// what ended to its transfer. Names are looked up for it. How many run at once is decided
/// elsewhere: libcurl's own queue and limits stay unused. Outlives its transfers.
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
  Resolver& resolver() { return resolver_; }

  /// A clock that stands still while the network rests because of us: what a stall is measured by.
  base::Time network_now() const;

  /// Whether no body may go on now: libcurl reads more than once before it looks at its sockets.
  bool is_resting() const { return resting_since_.has_value(); }

  /// Those that run, in no order, until one begins or ends.
  const std::vector<Transfer*>& running() const { return transfers_; }

  /// Bytes of bodies that have come so far.
  base::Bytes received() const { return received_; }

 private:
  friend class Transfer;

  std::unique_ptr<EasyHandle> take_handle();
  void add(Transfer& transfer);
  void take_out(Transfer& transfer);
  void put_back(Transfer& transfer);
  void remove(Transfer& transfer, std::unique_ptr<EasyHandle> handle);

  static int on_socket(CURL* handle, curl_socket_t socket, int what, void* self, void*) noexcept;
  static int on_timer(CURLM* multi, long milliseconds, void* user) noexcept;

  void act(curl_socket_t socket, int events);
  void act_on_timeout();
  void hand_out_endings();
  void count(base::Bytes received);
  void on_memory(bool is_full);
  void rest_or_go_on();
  void let_paused_go_on();

  /// Ends a few connections that rest, unless some are ending already.
  void make_room_for_connections();

  /// Whether libcurl may find out the addresses for a host itself, as there is nothing to look up.
  bool needs_no_look_up(const std::string& host) const;
  void look_up(const std::string& name);

  loop::Loop& loop_;
  loop::Clock& clock_;
  Settings settings_;
  BodyMemory memory_;
  base::Duration rested_{};
  std::optional<base::Time> resting_since_;
  base::Bytes received_ = 0;

  bool may_use_proxy_;
  Resolver resolver_;
  loop::Workers workers_;

  // In the order in which they must live: libcurl calls back until its cleanup is through.
  loop::DescriptorWatch sockets_;
  Connections connections_;
  ConnectTimes connect_times_;
  ReadLimit read_limit_;
  SharedTls shared_tls_;
  loop::Clock::Alarm timer_;
  loop::Kick kick_;    ///< libcurl's, which it cancels too
  loop::Kick resume_;  ///< after a rest
  std::optional<ByteRate> rate_;
  bool is_ahead_of_rate_ = false;
  loop::Clock::Alarm on_rate_;  ///< when it is not ahead any more
  std::vector<std::unique_ptr<EasyHandle>> idle_handles_;
  std::vector<Transfer*> transfers_;  ///< those that run
  std::size_t went_on_ = 0;           ///< the place of the one that went on last after a rest
  std::unique_ptr<CURLM, CURLMcode (*)(CURLM*)> multi_;
};

}  // namespace http
