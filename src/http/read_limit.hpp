#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <cstddef>

namespace http {

/// Bounds how long libcurl reads from one connection at a stretch.
///
/// From a connection of HTTP/2 libcurl 7.88 reads until there is something for the request, or
/// nothing left to read. A server that sends what is for no request, faster than it is read, keeps
/// it there for ever, and all other transfers with it: answers to pings that nobody sent are
/// enough. Here such a connection ends: OpenSSL is told that the server has said so, and gives
/// libcurl nothing more. HTTP/2 is spoken over TLS alone.
class ReadLimit {
 public:
  /// Bounds the connections that will be made from `context`, which it must outlive.
  void bound(SSL_CTX* context);

  /// What is read from now on counts: libcurl is called, or what it read was of use.
  void begin_anew() { reading_ = nullptr; }

 private:
  static void on_record(int is_sent, int version, int type, const void* bytes, std::size_t size,
                        SSL* tls, void* user) noexcept;

  const SSL* reading_ = nullptr;      ///< from which one it reads
  int records_ = 0;                   ///< of TLS, that it has read from it
  std::chrono::nanoseconds since_{};  ///< by the processor time of the thread
};

}  // namespace http
