#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "http/connections.hpp"
#include "http/endpoint.hpp"
#include "http/read_limit.hpp"
#include "http/settings.hpp"

namespace http {

class Transfer;

/// A CURL easy handle on which everything that does not change between requests is set once. It is
/// used again and again without curl_easy_reset, which would bring back libcurl's defaults:
/// CAPATH, and with it the parsing of every CA certificate for each connection (20 ms each).
class EasyHandle {
 public:
  /// `connections` and `read_limit` must outlive every connection that the handle opens.
  EasyHandle(const Settings& settings, Connections& connections, ReadLimit& read_limit);

  /// Sets what differs: where to, with which header lines, and whose callbacks are called.
  void prepare(Transfer& transfer, const std::string& url, const std::vector<std::string>& headers);

  /// Tells libcurl the addresses of an endpoint (see Resolver::Answer), until prepare() is called
  /// again.
  void know(const Endpoint& endpoint, const std::string& addresses);

  /// libcurl will find out by itself what the endpoint's addresses are.
  void let_look_up(const Endpoint& endpoint) { remembered_ = endpoint.text(); }

  /// Whether the request that failed with `code`, as it had no addresses, wanted those of a proxy.
  bool wants_proxy(CURLcode code) const;

  /// How long connecting may take from the next start on, until prepare() is called again.
  void allow_connecting(std::chrono::milliseconds connect_timeout);

  /// How long it took to connect for the request that runs, names aside. Only in callbacks, of a
  /// connection that is new.
  std::chrono::microseconds connect_time() const;

  /// The next request opens a connection, until prepare() is called again.
  void demand_fresh_connection();

  /// The connection ends with the request that runs.
  void forbid_reuse();

  /// The request ended while it was paused. What it had not given out yet stays in libcurl 7.88,
  /// when other streams go on with its connection, and would be given out as if it were of the next
  /// request that goes on after a pause: such a handle may not pause any more.
  void end_paused();
  bool may_pause() const { return may_pause_; }

  /// How many connections were opened for the request that runs.
  long new_connections() const;

  /// Whether the reused connection of HTTP/1 that the request got has bytes to read before anything
  /// was asked. What a server sent beyond its last body would be taken for the next answer: libcurl
  /// 7.88 reads no further than a body's length and keeps the connection. `socket` is its socket.
  bool has_stale_bytes(curl_socket_t socket) const;

  /// Whether the request's connection has TLS, and the server has not told that it ends: an end
  /// that comes all the same may be anybody's who can cut the connection. Only in callbacks,
  /// because libcurl takes the connection away with the end of the request.
  bool has_open_tls() const;

  /// Whether the server's certificate names its host by its subject alone, if at all. libcurl takes
  /// a common name for a host then, which RFC 9525 forbids. Only in callbacks.
  bool has_unnamed_certificate() const;

  CURL* native() const { return handle_.get(); }

  /// libcurl's own words about the last request, or "".
  const char* last_error() const { return error_.data(); }

 private:
  struct Cleanup {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  template <class Value>
  void set(CURLoption option, Value value);

  std::unique_ptr<CURL, Cleanup> handle_;
  using List = std::unique_ptr<curl_slist, Cleanup>;
  static void append(List& list, const std::string& line);

  std::chrono::milliseconds connect_timeout_;
  bool may_pause_ = true;
  List headers_;
  List addresses_;
  std::string remembered_;  ///< endpoint that libcurl still remembers for our last request, or ""
  std::array<char, CURL_ERROR_SIZE> error_{};
};

}  // namespace http
