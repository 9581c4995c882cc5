#include "http/connections.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace http {
namespace {

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

void Connections::add(std::string addresses, int local_port,
                      const std::vector<curl_socket_t>& opened) {
  const auto socket = std::find_if(
      opened.rbegin(), opened.rend(),
      [local_port](curl_socket_t candidate) { return local_port_of(candidate) == local_port; });
  if (socket == opened.rend()) return;
  addresses_[*socket] = addresses;
  sockets_[std::move(addresses)] = *socket;
}

curl_socket_t Connections::find(const std::string& addresses) const {
  const auto found = sockets_.find(addresses);
  return found == sockets_.end() ? CURL_SOCKET_BAD : found->second;
}

int Connections::close(curl_socket_t socket) {
  watch_.forget_closed(socket);
  if (const auto known = addresses_.find(socket); known != addresses_.end()) {
    sockets_.erase(known->second);
    addresses_.erase(known);
  }
  return ::close(socket);
}

}  // namespace http
