#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "base/file_descriptor.hpp"
#include "http/connecting.hpp"
#include "support/origin.hpp"

/// A server on loopback with the shortest queue of new connections that there is, and nobody who
/// takes them from it unless told to.
class FullServer {
 public:
  FullServer() : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener_.number(), reinterpret_cast<sockaddr*>(&address_), sizeof address_);
    listen(listener_.number(), 0);
    address_.sin_port = htons(static_cast<std::uint16_t>(port_of(listener_)));
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_of(listener_)); }

  const sockaddr_in& address() const { return address_; }

  /// Answers the next request.
  void serve_one() {
    std::string request;
    while (request.empty()) {
      const base::FileDescriptor taken(accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC));
      Peer peer(taken.number());
      request = peer.read_request();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    }
  }

  void connect_with(const base::FileDescriptor& client) const {
    connect(client.number(), reinterpret_cast<const sockaddr*>(&address_), sizeof address_);
  }

  /// From now on the first packets of further connections are thrown away.
  void fill() {
    do {
      waiting_.emplace_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      connect_with(waiting_.back());
    } while (http::tcp_state(waiting_.back().number()) != TCP_SYN_SENT);
  }

  /// Ports of this machine from which others than fill() are trying to connect.
  std::set<int> waiting_ports() const {
    constexpr unsigned syn_sent = 2;
    std::set<int> ports;
    std::ifstream table("/proc/self/net/tcp");
    for (std::string line; std::getline(table, line);) {
      unsigned local = 0;
      unsigned remote = 0;
      unsigned state = 0;
      const int found =
          std::sscanf(line.c_str(), " %*d: %*8x:%x %*8x:%x %x", &local, &remote, &state);
      if (found == 3 && remote == ntohs(address_.sin_port) && state == syn_sent)
        ports.insert(static_cast<int>(local));
    }
    for (const base::FileDescriptor& filling : waiting_) ports.erase(port_of(filling));
    return ports;
  }

  /// Until the queue is empty again.
  void make_room() {
    waiting_.clear();
    pollfd queue = {listener_.number(), POLLIN, 0};
    while (poll(&queue, 1, 0) > 0)
      base::FileDescriptor(accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC));
  }

 private:
  static int port_of(const base::FileDescriptor& socket) {
    sockaddr_in address = {};
    socklen_t size = sizeof address;
    getsockname(socket.number(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }

  sockaddr_in address_ = {};
  base::FileDescriptor listener_;
  std::vector<base::FileDescriptor> waiting_;
};
