#pragma once

#include <curl/curl.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "loop/descriptor_watch.hpp"

namespace http {

/// Which socket belongs to which connection. libcurl does not tell it for a connection that is in
/// use, so it is remembered by the connection's two addresses when it is new.
class Connections {
 public:
  explicit Connections(loop::DescriptorWatch& watch) : watch_(watch) {}

  /// A connection between these addresses is made; its socket is one of `opened`.
  void add(std::string addresses, int local_port, const std::vector<curl_socket_t>& opened);

  /// CURL_SOCKET_BAD when it is not known.
  curl_socket_t find(const std::string& addresses) const;

  /// libcurl does not always say before it closes a socket that it need not be watched any more.
  int close(curl_socket_t socket);

 private:
  loop::DescriptorWatch& watch_;
  std::unordered_map<std::string, curl_socket_t> sockets_;
  std::unordered_map<curl_socket_t, std::string> addresses_;
};

}  // namespace http
