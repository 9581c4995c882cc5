#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/file_descriptor.hpp"

/// One accepted connection, as its script sees it.
class Peer {
 public:
  explicit Peer(int socket) : socket_(socket) {}

  /// The next request's head, or "" when the client has gone.
  std::string read_request() {
    std::size_t end = std::string::npos;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
      char bytes[4096];
      const ssize_t count = recv(socket_, bytes, sizeof bytes, 0);
      if (count <= 0) return "";
      unread_.append(bytes, static_cast<std::size_t>(count));
    }
    std::string request = unread_.substr(0, end + 4);
    unread_.erase(0, end + 4);
    return request;
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

  /// Answers 200 with `body` and its length.
  void send_file(const std::string& body) {
    send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }

  /// The connection ends by a RST instead of a FIN.
  void reset() {
    const linger at_once = {1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }

  void wait_until_closed() {
    while (!read_request().empty()) continue;
  }

 private:
  int socket_;
  std::string unread_;
};

/// A server on loopback that runs `script` for each connection, up to 64 at once, and closes it.
class Origin {
 public:
  explicit Origin(std::function<void(Peer&)> script)
      : script_(std::move(script)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listener_.number(), reinterpret_cast<sockaddr*>(&address), sizeof address);
    listen(listener_.number(), 1024);
    socklen_t size = sizeof address;
    getsockname(listener_.number(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    for (int i = 0; i < 64; ++i) threads_.emplace_back([this] { accept_all(); });
  }

  ~Origin() {
    shutdown(listener_.number(), SHUT_RDWR);
    {
      const std::lock_guard lock(mutex_);
      is_ending_ = true;
      for (const int open : open_) shutdown(open, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
  }

  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  int connections() const { return connections_; }

 private:
  void accept_all() {
    for (;;) {
      const base::FileDescriptor socket(
          accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!socket) return;
      ++connections_;
      if (!note_open(socket.number())) return;
      Peer peer(socket.number());
      script_(peer);
      const std::lock_guard lock(mutex_);
      std::erase(open_, socket.number());
    }
  }

  bool note_open(int socket) {
    const std::lock_guard lock(mutex_);
    if (!is_ending_) open_.push_back(socket);
    return !is_ending_;
  }

  std::function<void(Peer&)> script_;
  base::FileDescriptor listener_;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  bool is_ending_ = false;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
};

/// Serves every request of a connection with `answer(request)`, raw bytes.
inline std::function<void(Peer&)> answering(std::function<std::string(const std::string&)> answer) {
  return [answer = std::move(answer)](Peer& peer) {
    for (std::string request; !(request = peer.read_request()).empty();) peer.send(answer(request));
  };
}

/// A port on loopback at which nobody listens.
inline int refused_port() {
  const base::FileDescriptor unused(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bind(unused.number(), reinterpret_cast<sockaddr*>(&address), sizeof address);
  socklen_t size = sizeof address;
  getsockname(unused.number(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}
