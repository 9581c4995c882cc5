#include "loop/listener.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

namespace loop {
namespace {

base::Failure cannot_listen(const std::string& address, const std::string& reason) {
  return base::Failure(base::Kind::bad_url, 0,
                       fmt::format("cannot listen on {}: {}", address, reason));
}

std::string words_of(int error_number) {
  return std::generic_category().message(error_number);
}

/// HOST and PORT of "HOST:PORT", the brackets around an IPv6 address taken off.
std::optional<std::pair<std::string, std::string>> split(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == address.size()) return std::nullopt;
  std::string host = address.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  else if (host.find(':') != std::string::npos)
    return std::nullopt;
  const std::string port = address.substr(colon + 1);
  const bool is_number =
      port.size() <= 5 && port.find_first_not_of("0123456789") == std::string::npos;
  if (!is_number || std::stoi(port) > 65535) return std::nullopt;
  return std::pair(host, port);
}

}  // namespace

base::Result<base::FileDescriptor> listen_on(const std::string& address) {
  const auto parts = split(address);
  if (!parts) return cannot_listen(address, "it is not HOST:PORT, as 127.0.0.1:4000 or [::1]:4000");

  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int status = getaddrinfo(parts->first.c_str(), parts->second.c_str(), &hints, &found);
  if (status != 0) return cannot_listen(address, gai_strerror(status));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(found, freeaddrinfo);

  base::FileDescriptor socket(
      ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return cannot_listen(address, words_of(errno));
  const int yes = 1;
  setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(socket.number(), found->ai_addr, found->ai_addrlen) != 0 ||
      listen(socket.number(), SOMAXCONN) != 0)
    return cannot_listen(address, words_of(errno));
  return socket;
}

std::string address_of(const base::FileDescriptor& socket) {
  sockaddr_storage address = {};
  socklen_t size = sizeof address;
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> port{};
  getsockname(socket.number(), reinterpret_cast<sockaddr*>(&address), &size);
  getnameinfo(reinterpret_cast<sockaddr*>(&address), size, host.data(), host.size(), port.data(),
              port.size(), NI_NUMERICHOST | NI_NUMERICSERV);
  const bool is_ipv6 = address.ss_family == AF_INET6;
  return fmt::format("{}{}{}:{}", is_ipv6 ? "[" : "", host.data(), is_ipv6 ? "]" : "", port.data());
}

Listener::Listener(Loop& loop, base::FileDescriptor socket)
    : socket_(std::move(socket)), readable_(loop.ready()), watch_(loop, [this](int fd, Readiness) {
        watch_.forget(fd);
        readable_.wake_all();
      }) {}

coro::Task<std::optional<base::FileDescriptor>> Listener::accept(std::stop_token stop) {
  while (!stop.stop_requested()) {
    base::FileDescriptor connection(
        accept4(socket_.number(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (connection) co_return connection;
    Readiness wanted;
    wanted.readable = true;
    watch_.watch(socket_.number(), wanted);
    co_await readable_.wait(stop);
  }
  co_return std::nullopt;
}

}  // namespace loop
