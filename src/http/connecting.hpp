#pragma once

#include <curl/curl.h>

#include <functional>
#include <string>
#include <vector>

#include "base/units.hpp"
#include "http/connect_times.hpp"
#include "http/connections.hpp"
#include "loop/clock.hpp"

namespace http {

/// What the system says of a socket's connection: TCP_SYN_SENT, TCP_ESTABLISHED or another of its
/// states; 0 when there is no such socket.
int tcp_state(curl_socket_t socket);

/// A request's way to its connection: the sockets by which libcurl tries, as many as the host has
/// addresses. Says when a full server has most likely overlooked it (see ConnectTimes).
class Connecting {
 public:
  /// `on_overlooked` is called from the loop; it has libcurl give up the sockets and begin anew.
  /// All must outlive this.
  Connecting(loop::Clock& clock, Connections& connections, ConnectTimes& times,
             std::function<void()> on_overlooked);

  /// A socket by which libcurl is to try an address, or CURL_SOCKET_BAD.
  curl_socket_t open(const curl_sockaddr& address);

  /// Why the last one could not be made: an errno, or 0.
  int socket_error() const { return socket_error_; }

  /// libcurl has given up all sockets so far.
  void begin_anew();

  /// The connection is there, after it `took` so long: gives its socket, or CURL_SOCKET_BAD when it
  /// is none of these.
  curl_socket_t end(std::string addresses, int local_port, base::Duration took);

  /// Says nothing any more.
  void cancel() { look_.cancel(); }

  /// How long those tries lasted that were overlooked.
  base::Duration overlooked_for() const { return overlooked_for_; }

 private:
  struct Try {
    curl_socket_t socket;
    std::string address;
    base::Time began_at;
  };

  void look_later();
  void look();

  loop::Clock& clock_;
  Connections& connections_;
  ConnectTimes& times_;
  std::function<void()> on_overlooked_;
  std::vector<Try> tries_;
  int socket_error_ = 0;
  int looks_ = 0;
  base::Duration overlooked_for_{};
  loop::Clock::Alarm look_;
};

}  // namespace http
