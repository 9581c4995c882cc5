#include "http/multi.hpp"

#include <fmt/format.h>
#include <netdb.h>

#include <cassert>
#include <climits>
#include <new>
#include <stdexcept>
#include <unordered_set>

#include "http/look_up.hpp"
#include "http/stream_end.hpp"
#include "http/transfer.hpp"

namespace http {
namespace {

/// libcurl's global state, made before the first use by any thread.
struct Global {
  Global() {
    note_stream_ends();
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw std::bad_alloc();
  }
  ~Global() { curl_global_cleanup(); }
};

CURLM* make_multi() {
  static const Global global;
  CURLM* multi = curl_multi_init();
  if (!multi) throw std::bad_alloc();
  return multi;
}

void insist(CURLMcode status) {
  if (status == CURLM_OUT_OF_MEMORY) throw std::bad_alloc();
  if (status != CURLM_OK) throw std::logic_error(curl_multi_strerror(status));
}

}  // namespace

std::string libcurl_version() {
  const curl_version_info_data* info = curl_version_info(CURLVERSION_NOW);
  return fmt::format("{} ({})", info->version, info->ssl_version ? info->ssl_version : "no TLS");
}

Multi::Multi(loop::Loop& loop, loop::Clock& clock, Settings settings)
    : loop_(loop),
      clock_(clock),
      settings_(std::move(settings)),
      memory_(loop.ready(), settings_.body_memory, [this](bool is_full) { on_memory(is_full); }),
      may_use_proxy_(proxy_for("http", settings_.proxy) || proxy_for("https", settings_.proxy)),
      resolver_(clock, [this](const std::string& name) { look_up(name); }),
      workers_(loop),
      sockets_(loop,
               [this](int socket, loop::Readiness now) {
                 act(socket, (now.readable ? CURL_CSELECT_IN : 0) |
                                 (now.writable ? CURL_CSELECT_OUT : 0) |
                                 (now.failed ? CURL_CSELECT_ERR : 0));
               }),
      connections_(sockets_, settings_.connections),
      shared_tls_(!may_use_proxy_),
      timer_(clock, [this] { act_on_timeout(); }),
      kick_(loop, [this] { act_on_timeout(); }),
      resume_(loop, [this] { act_on_timeout(); }),
      on_rate_(clock,
               [this] {
                 is_ahead_of_rate_ = false;
                 rest_or_go_on();
               }),
      multi_(make_multi(), curl_multi_cleanup) {
  // Else libcurl would look for one in the environment at each transfer.
  if (!may_use_proxy_) settings_.proxy = "";
  if (settings_.bytes_per_second) rate_.emplace(*settings_.bytes_per_second);
  CURLM* const multi = multi_.get();
  insist(curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket));
  insist(curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this));
  insist(curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer));
  insist(curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this));
  // More than there will be: they are bounded by connections_.
  insist(curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(INT_MAX)));
}

Multi::~Multi() {
  assert(transfers_.empty() && "a transfer outlived its multi handle");
}

base::Time Multi::network_now() const {
  const base::Time now = resting_since_ ? *resting_since_ : clock_.now();
  return now - rested_;
}

std::unique_ptr<EasyHandle> Multi::take_handle() {
  if (idle_handles_.empty())
    return std::make_unique<EasyHandle>(settings_, connections_, read_limit_);
  std::unique_ptr<EasyHandle> handle = std::move(idle_handles_.back());
  idle_handles_.pop_back();
  return handle;
}

void Multi::add(Transfer& transfer) {
  insist(curl_multi_add_handle(multi_.get(), transfer.handle_->native()));
  transfer.place_ = transfers_.size();
  transfers_.push_back(&transfer);
}

void Multi::remove(Transfer& transfer, std::unique_ptr<EasyHandle> handle) {
  insist(curl_multi_remove_handle(multi_.get(), handle->native()));
  transfers_[transfer.place_] = transfers_.back();
  transfers_[transfer.place_]->place_ = transfer.place_;
  transfers_.pop_back();
  if (transfer.is_paused_) handle->end_paused();
  // libcurl gives up on a handle that has met five dead connections, counted over all its requests.
  if (!transfer.has_met_dead_connection()) idle_handles_.push_back(std::move(handle));
}

/// For a moment: the transfer is still one that runs.
void Multi::take_out(Transfer& transfer) {
  insist(curl_multi_remove_handle(multi_.get(), transfer.handle_->native()));
}

void Multi::put_back(Transfer& transfer) {
  insist(curl_multi_add_handle(multi_.get(), transfer.handle_->native()));
}

void Multi::make_room_for_connections() {
  if (connections_.are_ending()) return;
  std::unordered_set<curl_socket_t> in_use;
  for (const Transfer* const transfer : transfers_) in_use.insert(transfer->socket_);
  connections_.shut_oldest(in_use);
}

bool Multi::needs_no_look_up(const std::string& host) const {
  return !may_use_proxy_ && !http::needs_look_up(host);
}

void Multi::look_up(const std::string& name) {
  const auto on_thread = [this, name] {
    return [this, name, answer = http::look_up(name)] { resolver_.answer(name, answer); };
  };
  const bool has_begun = workers_.start(on_thread);
  if (!has_begun) resolver_.answer(name, resolve_failure(EAI_AGAIN, name));
}

int Multi::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) noexcept {
  loop::DescriptorWatch& sockets = static_cast<Multi*>(self)->sockets_;
  if (what == CURL_POLL_REMOVE) {
    sockets.forget(socket);
    return 0;
  }
  loop::Readiness wanted;
  wanted.readable = (what & CURL_POLL_IN) != 0;
  wanted.writable = (what & CURL_POLL_OUT) != 0;
  sockets.watch(socket, wanted);
  return 0;
}

int Multi::on_timer(CURLM*, long milliseconds, void* user) noexcept {
  Multi& self = *static_cast<Multi*>(user);
  self.timer_.cancel();
  self.kick_.cancel();
  if (milliseconds == 0) self.kick_.set();
  if (milliseconds > 0)
    self.timer_.set(self.clock_.now() + std::chrono::milliseconds(milliseconds));
  return 0;
}

void Multi::act(curl_socket_t socket, int events) {
  int running = 0;
  read_limit_.begin_anew();
  const SharedTls::Loan loan = shared_tls_.lend();
  insist(curl_multi_socket_action(multi_.get(), socket, events, &running));
  hand_out_endings();
}

void Multi::act_on_timeout() {
  // libcurl also reads from sockets when a time has elapsed: the end of the rest makes up for it.
  if (is_resting()) return;
  let_paused_go_on();
  act(CURL_SOCKET_TIMEOUT, 0);
}

/// To the end, whatever `running` says: the last transfer may have ended by a timeout.
void Multi::hand_out_endings() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;  // the message dies with the handle's removal
    void* transfer = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    static_cast<Transfer*>(transfer)->on_ended(code);
  }
}

void Multi::count(base::Bytes received) {
  received_ += received;
  read_limit_.begin_anew();
  if (!rate_) return;
  const base::Time now = clock_.now();
  const base::Time next = rate_->take(received, now);
  if (next == now) return;
  is_ahead_of_rate_ = true;
  on_rate_.set(next);
  rest_or_go_on();
}

void Multi::on_memory(bool is_full) {
  rest_or_go_on();
  if (!is_full) return;
  for (Transfer* const transfer : transfers_) transfer->on_memory_full();
}

/// While the disk is behind, or the bytes are ahead of their rate, nothing is read from any socket:
/// then senders are slowed down by their windows, in HTTP/2 as well, where a stream that libcurl
/// has paused goes on filling its memory.
void Multi::rest_or_go_on() {
  const bool should_rest = memory_.is_full() || is_ahead_of_rate_;
  if (should_rest == is_resting()) return;
  if (should_rest) {
    sockets_.pause();
    resting_since_ = clock_.now();
  } else {
    sockets_.resume();
    rested_ += clock_.now() - *resting_since_;
    resting_since_.reset();
    resume_.set();
  }
}

/// Where the rest is soon over again only a few go on, and the next time others.
void Multi::let_paused_go_on() {
  for (std::size_t left = transfers_.size(); left > 0 && !is_resting(); --left) {
    went_on_ = (went_on_ + 1) % transfers_.size();
    transfers_[went_on_]->go_on();
  }
}

}  // namespace http
