#pragma once

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "coro/task.hpp"
#include "coro/wait_list.hpp"
#include "http/body_memory.hpp"
#include "http/connecting.hpp"
#include "http/head.hpp"
#include "http/multi.hpp"
#include "http/url.hpp"

namespace http {

/// Where the time of a request went. The first three are phases; the last two count from its start.
struct Timing {
  std::chrono::microseconds resolve{};
  std::chrono::microseconds connect{};
  std::chrono::microseconds tls{};
  std::chrono::microseconds first_byte{};
  std::chrono::microseconds total{};
};

/// One GET request, from its construction to its end. Ask for the head first, then for the body,
/// piece by piece, or drop it:
///
///   Transfer transfer(multi, url, headers, stop);
///   const Result<Head> head = co_await transfer.head();
///   const Result<Piece> piece = co_await transfer.next_piece();   // until piece->is_last
///
/// The body that ends with is_last is whole: its framing was verified. Destroying a transfer ends
/// it. Failures: the kinds of the network, `protocol`, `truncated`, `too_large`, `timeout`, and
/// `cancelled` when `stop` is asked for.
class Transfer {
 public:
  Transfer(Multi& multi, const Url& url, const std::vector<std::string>& headers,
           std::stop_token stop);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  coro::Task<base::Result<Head>> head();

  /// A failure comes after the pieces that came before it.
  coro::Task<base::Result<Piece>> next_piece();

  /// Reads and forgets a body that nobody wants, so that its connection can be used again; gives it
  /// up, and the connection, when it is longer than `most` bytes.
  coro::Task<> discard_body(base::Bytes most);

  /// Bytes of the body that have come so far.
  base::Bytes received() const { return received_; }

  /// Bytes that the body will have in all, when the head has come and says so.
  std::optional<base::Bytes> length() const { return head_.head().length; }
  bool has_head() const { return head_.is_complete(); }
  const Url& url() const { return url_; }
  base::Time began_at() const { return began_at_; }
  const Timing& timing() const { return timing_; }

  /// When the last byte had come; only after the last piece or a failure.
  base::Time ended_at() const { return ended_at_; }

 private:
  friend class Multi;
  friend class EasyHandle;

  static std::size_t on_header(char* line, std::size_t size, std::size_t count,
                               void* user) noexcept;
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* user) noexcept;
  static int on_look_up(void*, void*, void* user) noexcept;
  static curl_socket_t on_open_socket(void* user, curlsocktype, curl_sockaddr* address) noexcept;
  static int on_connected(void* user, char* remote, char* local, int remote_port,
                          int local_port) noexcept;
  static int on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept;

  std::optional<base::Failure> take_header(std::string_view line);
  std::optional<base::Failure> take_body(std::string_view bytes);
  bool has_met_end_of_connection(CURLcode code) const;
  void on_ended(CURLcode code);
  void look_up(const Endpoint& endpoint);
  void go_on_with(const Resolver::Answer& answer);
  void reconnect();
  void bound_connecting(base::Time now);
  void on_memory_full();
  void go_on();
  void keep(std::string_view bytes);
  bool has_piece() const;
  void drop_blocks();
  bool has_met_dead_connection() const { return times_connected_ > 1; }
  void check_limits();
  base::Failure failure_of(CURLcode code) const;
  void end(std::optional<base::Failure> failure);
  void read_timing();

  Multi& multi_;
  Url url_;
  std::unique_ptr<EasyHandle> handle_;
  coro::WaitList changed_;

  HeadReader head_;
  std::vector<std::string> blocks_;  ///< received and not yet handed over, each a piece
  base::Bytes received_ = 0;
  std::optional<base::Bytes> discard_at_most_;

  std::size_t place_ = 0;  ///< in the multi handle's list
  bool is_paused_ = false;
  int times_connected_ = 0;
  int calls_before_connected_ = 0;  ///< of on_progress()
  bool needs_fresh_connection_ = false;
  bool is_connected_ = false;
  bool needs_addresses_ = false;
  bool knows_addresses_ = false;
  Endpoint endpoint_;  ///< whose addresses are looked up
  std::optional<Resolver::Question> question_;
  base::Duration looked_up_for_{};
  bool has_open_tls_ = false;  ///< at the last look, while the body could end with its connection
  bool is_denied_ = false;     ///< an address was refused
  curl_socket_t socket_ = CURL_SOCKET_BAD;  ///< of its connection, once there is one
  bool has_ended_ = false;
  std::optional<base::Failure> failure_;
  Timing timing_;

  Connecting connecting_;

  base::Time began_at_;
  base::Time added_at_;       ///< when libcurl began with it
  base::Time connect_until_;  ///< when its names are known
  base::Time ended_at_;
  base::Time last_byte_at_;  ///< by the network's clock
  bool is_overdue_ = false;  ///< at the last look it had been silent for too long
  loop::Clock::Alarm limits_;

  struct Cancel {
    Transfer* transfer;
    void operator()() const noexcept;
  };
  std::stop_callback<Cancel> on_stop_;
};

}  // namespace http
