#pragma once

#include <curl/curl.h>

#include <memory>
#include <new>
#include <string>

namespace http {

/// A CURLU with the calls that we need.
class UrlParts {
 public:
  UrlParts() : handle_(curl_url(), curl_url_cleanup) {
    if (!handle_) throw std::bad_alloc();
  }

  CURLUcode set(const std::string& url, unsigned flags) {
    return curl_url_set(handle_.get(), CURLUPART_URL, url.c_str(), flags);
  }

  /// The part, or "" when the URL has none.
  std::string get(CURLUPart part, unsigned flags = 0) const {
    char* text = nullptr;
    if (curl_url_get(handle_.get(), part, &text, flags) != CURLUE_OK) return {};
    const std::unique_ptr<char, void (*)(void*)> owned(text, curl_free);
    return owned.get();
  }

  bool has_control_characters(CURLUPart part) const {
    char* text = nullptr;
    const CURLUcode status = curl_url_get(handle_.get(), part, &text, CURLU_URLDECODE);
    curl_free(text);
    return status == CURLUE_URLDECODE;
  }

 private:
  std::unique_ptr<CURLU, void (*)(CURLU*)> handle_;
};

}  // namespace http
