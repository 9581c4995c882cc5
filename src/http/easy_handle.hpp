#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "http/settings.hpp"
#include "loop/descriptor_watch.hpp"

namespace http {

class Transfer;

/// A CURL easy handle on which everything that does not change between requests is set once. It is
/// used again and again without curl_easy_reset, which would bring back libcurl's defaults:
/// CAPATH, and with it the parsing of every CA certificate for each connection (20 ms each).
class EasyHandle {
 public:
  /// `sockets` must outlive every connection that the handle opens.
  EasyHandle(const Settings& settings, loop::DescriptorWatch& sockets);

  /// Sets what differs: where to, with which header lines, and whose callbacks are called.
  void prepare(Transfer& transfer, const std::string& url, const std::vector<std::string>& headers);

  /// What a server sends beyond a body would be taken for the answer to the next request, because
  /// libcurl 7.88 reads no further than the body's length and keeps the connection. Both calls see
  /// to it that such a connection of HTTP/1 is not used again: the first one under TLS, when the
  /// body's last byte has come, the second one without TLS, when the transfer has ended.
  void forbid_reuse_with_excess();
  void give_up_connection_with_excess();

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
  std::unique_ptr<curl_slist, Cleanup> headers_;
  std::array<char, CURL_ERROR_SIZE> error_{};
};

}  // namespace http
