#include "http/connecting.hpp"

#include <fmt/format.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace http {
namespace {

/// "ADDRESS PORT", or "" for what is no address of the internet.
std::string text_of(const curl_sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN + IF_NAMESIZE> host{};
  std::array<char, sizeof "65535"> port{};
  const int status = getnameinfo(&address.addr, address.addrlen, host.data(), host.size(),
                                 port.data(), port.size(), NI_NUMERICHOST | NI_NUMERICSERV);
  return status == 0 ? fmt::format("{} {}", host.data(), port.data()) : "";
}

/// 0 when it has none.
int local_port_of(curl_socket_t socket) {
  sockaddr_storage address = {};
  socklen_t size = sizeof address;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET)
    return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
  if (address.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
  return 0;
}

}  // namespace

int tcp_state(curl_socket_t socket) {
  tcp_info info = {};
  socklen_t size = sizeof info;
  return getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 ? info.tcpi_state : 0;
}

Connecting::Connecting(loop::Clock& clock, Connections& connections, ConnectTimes& times,
                       std::function<void()> on_overlooked)
    : clock_(clock),
      connections_(connections),
      times_(times),
      on_overlooked_(std::move(on_overlooked)),
      look_(clock, [this] { look(); }) {}

curl_socket_t Connecting::open(const curl_sockaddr& address) {
  const curl_socket_t opened = connections_.open(address);
  if (opened == CURL_SOCKET_BAD) {
    socket_error_ = errno;
    return CURL_SOCKET_BAD;
  }
  tries_.push_back({opened, text_of(address), clock_.now()});
  if (tries_.size() == 1) look_later();
  return opened;
}

void Connecting::begin_anew() {
  if (!tries_.empty()) overlooked_for_ += clock_.now() - tries_.front().began_at;
  tries_.clear();
  look_.cancel();
}

curl_socket_t Connecting::end(std::string addresses, int local_port, base::Duration took) {
  look_.cancel();
  // Numbers come back: of two with the same it is the later one.
  const auto made = std::find_if(tries_.rbegin(), tries_.rend(), [local_port](const Try& each) {
    return local_port_of(each.socket) == local_port;
  });
  if (made == tries_.rend()) return CURL_SOCKET_BAD;
  times_.note(made->address, took);
  connections_.add(std::move(addresses), made->socket);
  return made->socket;
}

void Connecting::look_later() {
  if (const auto patience = times_.patience(looks_)) look_.set(clock_.now() + *patience);
}

void Connecting::look() {
  ++looks_;
  const base::Time now = clock_.now();
  bool is_overlooked = false;
  for (const auto& [socket, address, began_at] : tries_) {
    const int state = tcp_state(socket);
    if (state == TCP_ESTABLISHED) return;  // what is still missing is TLS or a proxy's answer
    const bool is_unanswered = state == TCP_SYN_SENT;
    is_overlooked |= is_unanswered && times_.is_overlooked(address, now - began_at);
  }
  if (is_overlooked)
    on_overlooked_();
  else
    look_later();
}

}  // namespace http
