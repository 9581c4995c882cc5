#include "http/connections.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace http {
curl_socket_t Connections::open(const curl_sockaddr& address) {
  const curl_socket_t opened =
      socket(address.family, address.socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address.protocol);
  if (opened != CURL_SOCKET_BAD) watch_.forget_closed(opened);
  return opened;
}

void Connections::add(std::string addresses, curl_socket_t socket) {
  open_[socket] = Connection{addresses, ++uses_};
  sockets_[std::move(addresses)] = socket;
}

curl_socket_t Connections::use(const std::string& addresses) {
  const auto found = sockets_.find(addresses);
  if (found == sockets_.end()) return CURL_SOCKET_BAD;
  open_[found->second].used = ++uses_;
  return found->second;
}

void Connections::shut_oldest(const std::unordered_set<curl_socket_t>& in_use) {
  std::vector<std::pair<std::uint64_t, curl_socket_t>> idle;
  for (const auto& [socket, connection] : open_)
    if (!in_use.contains(socket)) idle.emplace_back(connection.used, socket);
  // Each that libcurl finds makes it look through the others again: a twentieth at once.
  const std::size_t few = std::min(most_ / 20 + 1, idle.size());
  const auto end_of_few = idle.begin() + static_cast<std::ptrdiff_t>(few);
  std::partial_sort(idle.begin(), end_of_few, idle.end());
  for (auto each = idle.begin(); each != end_of_few; ++each) {
    shutdown(each->second, SHUT_RDWR);
    shut_.insert(each->second);
  }
}

int Connections::close(curl_socket_t socket) {
  watch_.forget_closed(socket);
  shut_.erase(socket);
  if (const auto known = open_.find(socket); known != open_.end()) {
    sockets_.erase(known->second.addresses);
    open_.erase(known);
  }
  return ::close(socket);
}

}  // namespace http
