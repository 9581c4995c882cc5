#include "http/transfer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "http/address_guard.hpp"
#include "http/easy_handle.hpp"
#include "http/failure.hpp"
#include "http/look_up.hpp"
#include "http/stream_end.hpp"

namespace http {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;

// What a piece costs beside its bytes: frames and a record that wait with it.
constexpr base::Bytes piece_overhead = 4 * base::KiB;

std::string seconds(base::Duration duration) {
  return fmt::format("{:g} s", base::in_seconds(duration));
}

base::Failure cancelled() {
  return base::Failure(base::Kind::cancelled, 0, "stopped before it was complete");
}

}  // namespace

Transfer::Transfer(Multi& multi, const Url& url, const std::vector<std::string>& headers,
                   std::stop_token stop)
    : multi_(multi),
      url_(url),
      changed_(multi.loop().ready()),
      connecting_(multi.clock(), multi.connections_, multi.connect_times_, [this] { reconnect(); }),
      began_at_(multi.clock().now()),
      added_at_(began_at_),
      connect_until_(began_at_ + multi.settings().connect_timeout),
      last_byte_at_(multi.network_now()),
      limits_(multi.clock(), [this] { check_limits(); }),
      on_stop_(std::move(stop), Cancel{this}) {
  if (has_ended_) return;  // asked to stop before it began
  handle_ = multi_.take_handle();
  handle_->prepare(*this, url.text(), headers);
  multi_.add(*this);
  check_limits();
}

Transfer::~Transfer() {
  if (!has_ended_) end(cancelled());
  drop_blocks();
}

void Transfer::drop_blocks() {
  for (const std::string& block : std::exchange(blocks_, std::vector<std::string>()))
    multi_.memory().give_back(block.size() + piece_overhead);
}

coro::Task<base::Result<Head>> Transfer::head() {
  while (!head_.is_complete() && !has_ended_) co_await changed_.wait();
  if (head_.is_complete()) co_return head_.head();  // what failed after it is the body's failure
  co_return *failure_;
}

coro::Task<base::Result<Piece>> Transfer::next_piece() {
  while (!has_piece() && !has_ended_) co_await changed_.wait();
  // What came before it broke off may be a beginning.
  if (failure_ && blocks_.empty()) co_return *failure_;
  Piece piece;
  if (!blocks_.empty()) {
    piece.bytes = std::move(blocks_.front());
    piece.share = BodyMemory::Share(multi_.memory(), piece.bytes.size() + piece_overhead);
    blocks_.erase(blocks_.begin());
  }
  piece.is_last = has_ended_ && !failure_ && blocks_.empty();
  co_return piece;
}

bool Transfer::has_piece() const {
  if (blocks_.empty()) return false;
  const bool is_complete =
      blocks_.size() > 1 || blocks_.front().size() + CURL_MAX_WRITE_SIZE > BodyMemory::piece_size;
  return is_complete || multi_.memory().is_full();
}

void Transfer::keep(std::string_view bytes) {
  const base::Bytes most = BodyMemory::piece_size;
  base::Bytes cost = bytes.size();
  if (blocks_.empty() || blocks_.back().size() + bytes.size() > most) {
    const base::Bytes length = head_.head().length.value_or(0);
    const base::Bytes rest = length > received_ ? length - received_ : 0;
    blocks_.emplace_back().reserve(std::min(rest + bytes.size(), most));
    cost += piece_overhead;
  }
  blocks_.back().append(bytes);
  multi_.memory().take(cost);
  if (has_piece()) changed_.wake_all();
}

coro::Task<> Transfer::discard_body(base::Bytes most) {
  discard_at_most_ = most;
  drop_blocks();
  if (head_.head().length.value_or(0) > most) end(cancelled());
  while (!has_ended_) co_await changed_.wait();
}

std::size_t Transfer::on_header(char* line, std::size_t size, std::size_t count,
                                void* user) noexcept {
  Transfer& self = *static_cast<Transfer*>(user);
  self.failure_ = self.take_header(std::string_view(line, size * count));
  return self.failure_ ? 0 : size * count;
}

std::optional<base::Failure> Transfer::take_header(std::string_view line) {
  last_byte_at_ = multi_.network_now();
  const bool was_complete = head_.is_complete();
  const base::Result<void> taken = head_.add_line(line);
  if (!taken) return taken.error();
  if (was_complete || !head_.is_complete()) return std::nullopt;

  // What follows may be the next answer, or still this one: RFC 9112, 6.3.
  if (head_.head().contradicts_itself) handle_->forbid_reuse();
  changed_.wake_all();
  const std::optional<base::Bytes> length = head_.head().length;
  const std::optional<base::Bytes> most = multi_.settings().max_size;
  const bool is_success = head_.head().status / 100 == 2;
  if (is_success && most && length.value_or(0) > *most)
    return base::Failure(base::Kind::too_large, 0,
                         fmt::format("{} bytes are more than the {} allowed", *length, *most));
  return std::nullopt;
}

std::size_t Transfer::on_body(char* bytes, std::size_t size, std::size_t count,
                              void* user) noexcept {
  Transfer& self = *static_cast<Transfer*>(user);
  if (self.multi_.is_resting() && !self.discard_at_most_ && self.handle_->may_pause()) {
    self.is_paused_ = true;
    return CURL_WRITEFUNC_PAUSE;
  }
  self.failure_ = self.take_body(std::string_view(bytes, size * count));
  return self.failure_ ? 0 : size * count;
}

std::optional<base::Failure> Transfer::take_body(std::string_view bytes) {
  if (!head_.is_complete())
    return base::Failure(base::Kind::protocol, 0, "the body began before the head had ended");
  last_byte_at_ = multi_.network_now();
  received_ += bytes.size();
  multi_.count(bytes.size());
  if (discard_at_most_) {
    if (received_ > *discard_at_most_) return cancelled();
    return std::nullopt;
  }
  const std::optional<base::Bytes> most = multi_.settings().max_size;
  if (most && received_ > *most)
    return base::Failure(base::Kind::too_large, 0,
                         fmt::format("more bytes came than the {} allowed", *most));
  keep(bytes);
  return std::nullopt;
}

void Transfer::on_memory_full() {
  changed_.wake_all();
}

void Transfer::go_on() {
  // libcurl calls on_body() from within, with the bytes that it has kept.
  if (std::exchange(is_paused_, false)) curl_easy_pause(handle_->native(), CURLPAUSE_CONT);
}

/// libcurl has no connection that it could use again, and asks before it finds out the addresses.
int Transfer::on_look_up(void*, void*, void* user) noexcept {
  Transfer& self = *static_cast<Transfer*>(user);
  const bool may_look_up = self.knows_addresses_ || self.multi_.needs_no_look_up(self.url_.host());
  if (may_look_up)
    self.handle_->let_look_up(self.url_.endpoint());
  else
    self.needs_addresses_ = true;
  return may_look_up ? 0 : 1;
}

curl_socket_t Transfer::on_open_socket(void* user, curlsocktype, curl_sockaddr* address) noexcept {
  Transfer& self = *static_cast<Transfer*>(user);
  if (self.multi_.settings().denies_private && !is_public(address->addr)) {
    self.is_denied_ = true;
    return CURL_SOCKET_BAD;
  }
  return self.connecting_.open(*address);
}

void Transfer::reconnect() {
  multi_.take_out(*this);
  connecting_.begin_anew();
  added_at_ = multi_.clock().now();
  bound_connecting(added_at_);
  multi_.put_back(*this);
}

void Transfer::bound_connecting(base::Time now) {
  const auto rest = duration_cast<milliseconds>(connect_until_ - now);
  handle_->allow_connecting(std::max(rest, milliseconds(1)));
}

int Transfer::on_connected(void* user, char* remote, char* local, int remote_port,
                           int local_port) noexcept {
  Transfer& self = *static_cast<Transfer*>(user);
  const std::string addresses = fmt::format("{} {} {} {}", local, local_port, remote, remote_port);
  Connections& connections = self.multi_.connections_;
  ++self.times_connected_;
  forget_stream_end(self.handle_->native());
  if (self.multi_.settings().denies_private && !is_public(std::string(remote))) {
    self.is_denied_ = true;
    return CURL_PREREQFUNC_ABORT;
  }
  if (self.multi_.settings().verify_peer && self.handle_->has_unnamed_certificate()) {
    self.failure_ = base::Failure(base::Kind::tls, CURLE_PEER_FAILED_VERIFICATION,
                                  "the certificate has no subjectAltName that names its host");
    self.handle_->forbid_reuse();
    return CURL_PREREQFUNC_ABORT;
  }
  if (self.handle_->new_connections() > 0) {
    self.socket_ = self.connecting_.end(addresses, local_port, self.handle_->connect_time());
    if (connections.are_too_many()) {
      self.handle_->forbid_reuse();
      self.multi_.make_room_for_connections();
    }
  } else {
    self.socket_ = connections.use(addresses);
    self.needs_fresh_connection_ = self.handle_->has_stale_bytes(self.socket_);
    if (self.needs_fresh_connection_) return CURL_PREREQFUNC_ABORT;
  }
  self.is_connected_ = true;
  self.last_byte_at_ = self.multi_.network_now();
  return CURL_PREREQFUNC_OK;
}

/// libcurl calls this at the very end too, while the connection is still there; also when the
/// handle is taken from it early. And for each byte that a proxy answers to CONNECT: 7.88 reads a
/// refusal to its end before it does anything else.
int Transfer::on_progress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
  constexpr int most_before_connected = 500'000;
  Transfer& self = *static_cast<Transfer*>(user);
  if (!self.is_connected_ && ++self.calls_before_connected_ > most_before_connected) {
    self.failure_ = base::Failure(base::Kind::connect, 0, "the proxy's refusal has no end");
    return 1;
  }
  if (self.handle_ && self.head_.head().ends_with_connection)
    self.has_open_tls_ = self.handle_->has_open_tls();
  return 0;
}

/// Whether a connection that was used before ended just as it was used again. libcurl then asks
/// once more over a new one, but not always when the end was a RST.
bool Transfer::has_met_end_of_connection(CURLcode code) const {
  return (code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR) && head_.is_empty() &&
         is_connected_ && handle_->new_connections() == 0;
}

void Transfer::on_ended(CURLcode code) {
  if (std::exchange(needs_fresh_connection_, false) || has_met_end_of_connection(code)) {
    multi_.take_out(*this);
    handle_->demand_fresh_connection();
    return multi_.put_back(*this);
  }
  if (std::exchange(needs_addresses_, false)) {
    const bool is_proxy = handle_->wants_proxy(code);
    multi_.take_out(*this);
    const std::optional<Endpoint> proxy = proxy_for(url_.scheme(), multi_.settings().proxy);
    return look_up(is_proxy && proxy ? *proxy : url_.endpoint());
  }
  const std::optional<base::Bytes> length = head_.head().length;
  if (failure_) return end(failure_);
  if (code != CURLE_OK && is_denied_ && !is_connected_)
    return end(base::Failure(base::Kind::denied, 0,
                             "its address is private, and --deny-private is given"));
  if (code != CURLE_OK) {
    const base::Failure no_socket =
        base::disk_failure(connecting_.socket_error(), "cannot make a socket");
    return end(base::lacks_descriptors(no_socket) ? no_socket : failure_of(code));
  }
  if (!head_.is_complete())
    return end(base::Failure(base::Kind::truncated, 0, "the response ended inside its head"));
  if (length && received_ != *length && !discard_at_most_)
    return end(base::Failure(base::Kind::truncated, 0,
                             fmt::format("{} of {} bytes came", received_, *length)));
  if (!length && has_broken_off(handle_->native()))
    return end(base::Failure(base::Kind::truncated, 0,
                             "the HTTP/2 stream broke off before the end of the body"));
  if (has_open_tls_)
    return end(base::Failure(base::Kind::truncated, 0,
                             "the connection was cut before TLS said that the body ends"));
  end(std::nullopt);
}

void Transfer::look_up(const Endpoint& endpoint) {
  knows_addresses_ = true;
  added_at_ = multi_.clock().now();
  if (!needs_look_up(endpoint.host)) return multi_.put_back(*this);
  endpoint_ = endpoint;
  question_.emplace(multi_.resolver(), endpoint.host, [this] { go_on_with(*question_->answer()); });
  if (question_->answer())
    go_on_with(*question_->answer());
  else
    check_limits();
}

void Transfer::go_on_with(const Resolver::Answer& answer) {
  const base::Time now = multi_.clock().now();
  looked_up_for_ = now - added_at_;
  added_at_ = now;
  if (!answer) return end(answer.error());
  connect_until_ = question_->began_at().value_or(now) + multi_.settings().connect_timeout;
  handle_->know(endpoint_, *answer);
  bound_connecting(now);
  question_.reset();
  multi_.put_back(*this);
}

/// Looks whether a limit is passed, and sets the alarm for the next one.
void Transfer::check_limits() {
  const Settings& settings = multi_.settings();
  const base::Time now = multi_.clock().now();
  // Before there is a connection, libcurl's own limit for connecting holds.
  const base::Duration silent_for =
      is_connected_ ? multi_.network_now() - last_byte_at_ : base::Duration::zero();
  if (settings.max_time && now - began_at_ >= *settings.max_time)
    return end(base::Failure(base::Kind::timeout, 0,
                             fmt::format("not complete after {}", seconds(*settings.max_time))));
  const bool is_silent = silent_for >= settings.stall_timeout;
  // A process that was stopped first reads what has come meanwhile: the loop looks at the sockets.
  if (is_silent && !std::exchange(is_overdue_, true)) return limits_.set(now + milliseconds(1));
  if (is_silent)
    return end(base::Failure(base::Kind::timeout, 0,
                             fmt::format("no byte came for {}", seconds(settings.stall_timeout))));
  is_overdue_ = false;
  // Before a name's turn has come it is not the name that is slow.
  const base::Duration looking_for =
      question_ ? now - question_->began_at().value_or(now) : base::Duration::zero();
  if (looking_for >= settings.connect_timeout)
    return end(base::Failure(base::Kind::timeout, 0,
                             fmt::format("cannot resolve {}: no answer for {}", endpoint_.host,
                                         seconds(settings.connect_timeout))));
  base::Time next = now + settings.stall_timeout - silent_for;
  if (question_) next = std::min(next, now + settings.connect_timeout - looking_for);
  if (settings.max_time) next = std::min(next, began_at_ + *settings.max_time);
  limits_.set(next);
}

base::Failure Transfer::failure_of(CURLcode code) const {
  long system_error = 0;
  curl_easy_getinfo(handle_->native(), CURLINFO_OS_ERRNO, &system_error);
  return http::failure_of(code, head_.is_complete(), handle_->last_error(),
                          static_cast<int>(system_error));
}

void Transfer::end(std::optional<base::Failure> failure) {
  if (has_ended_) return;
  has_ended_ = true;
  ended_at_ = multi_.clock().now();
  failure_ = std::move(failure);
  limits_.cancel();
  connecting_.cancel();
  question_.reset();
  if (handle_) {
    read_timing();
    multi_.remove(*this, std::move(handle_));
  }
  changed_.wake_all();
}

void Transfer::read_timing() {
  const auto since_start = [this](CURLINFO info) {
    curl_off_t elapsed = 0;
    curl_easy_getinfo(handle_->native(), info, &elapsed);
    return microseconds(elapsed);
  };
  const auto phase = [](microseconds from, microseconds to) {
    return std::max(to - from, microseconds::zero());
  };
  const microseconds resolved = since_start(CURLINFO_NAMELOOKUP_TIME_T);
  const microseconds connected = since_start(CURLINFO_CONNECT_TIME_T);
  timing_.resolve = duration_cast<microseconds>(looked_up_for_) + resolved;
  timing_.connect =
      duration_cast<microseconds>(connecting_.overlooked_for()) + phase(resolved, connected);
  timing_.tls = phase(connected, since_start(CURLINFO_APPCONNECT_TIME_T));
  timing_.first_byte = since_start(CURLINFO_STARTTRANSFER_TIME_T);
  if (timing_.first_byte > microseconds::zero())
    timing_.first_byte += duration_cast<microseconds>(added_at_ - began_at_);
  timing_.total = duration_cast<microseconds>(ended_at_ - began_at_);
}

void Transfer::Cancel::operator()() const noexcept {
  transfer->end(cancelled());
}

}  // namespace http
