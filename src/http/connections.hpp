#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "loop/descriptor_watch.hpp"

namespace http {

/// The connections that are open, and which socket each has. libcurl does not tell it for one that
/// is in use, so it is remembered by the connection's two addresses when it is new.
///
/// It bounds them too. libcurl could, but 7.88 then keeps an empty list for each host whose
/// connection it closes that way, and walks through all of these lists each time: 10,000 files of
/// as many hosts took 3.9 s of processor time, and 2.2 without that.
class Connections {
 public:
  /// Of those that are not in use, `most` may stay open.
  Connections(loop::DescriptorWatch& watch, std::size_t most) : watch_(watch), most_(most) {}

  /// A socket to connect with `address`, or CURL_SOCKET_BAD and errno. What was known of its number
  /// is forgotten, as libcurl 7.88 closes sockets on the quiet whose connection never came about.
  curl_socket_t open(const curl_sockaddr& address);

  /// A connection between these addresses is made, by this socket, and used.
  void add(std::string addresses, curl_socket_t socket);

  /// The socket of a connection that is used again, or CURL_SOCKET_BAD when it is not known.
  curl_socket_t use(const std::string& addresses);

  /// Whether one that is new has to be closed after its first request.
  bool are_too_many() const { return open_.size() > most_; }

  /// Whether some that were shut down are still open.
  bool are_ending() const { return !shut_.empty(); }

  /// Ends a few of those that have not been used for the longest, but for the sockets in
  /// `in_use`: shuts them down, so that libcurl finds them dead and closes them when it looks for
  /// such, once a second.
  void shut_oldest(const std::unordered_set<curl_socket_t>& in_use);

  /// libcurl does not always say before it closes a socket that it need not be watched any more.
  int close(curl_socket_t socket);

 private:
  struct Connection {
    std::string addresses;
    std::uint64_t used = 0;  ///< greater than that of those that were used before
  };

  loop::DescriptorWatch& watch_;
  std::size_t most_;
  std::uint64_t uses_ = 0;
  std::unordered_map<std::string, curl_socket_t> sockets_;
  std::unordered_map<curl_socket_t, Connection> open_;
  std::unordered_set<curl_socket_t> shut_;
};

}  // namespace http
