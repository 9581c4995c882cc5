#pragma once

#include <curl/curl.h>

namespace http {

/// Has the ends of HTTP/2 streams noted; to be called before libcurl is used. By itself libcurl
/// takes some streams for whole whose end is an error, when their bodies have no length: 7.88 when
/// the connection ends too, or another of its streams is paused, 7.88 as well as 8.14 when the
/// server calls it no error. Neither an option nor an information tells these from an end.
void note_stream_ends();

/// Whether the stream of the handle's request broke off. Both are for the thread that runs libcurl.
bool has_broken_off(const CURL* handle);

/// The handle's next request begins.
void forget_stream_end(const CURL* handle);

}  // namespace http
