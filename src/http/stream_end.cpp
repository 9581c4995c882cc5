#include "http/stream_end.hpp"

#include <dlfcn.h>

#include <cstddef>
#include <cstdint>
#include <unordered_set>

// This stands between libcurl and nghttp2, which tells libcurl of frames and of the ends of
// streams: a program's functions come before those of the same name in its libraries, so libcurl
// calls those below. Where libcurl has nghttp2 within itself nobody does, and all is as libcurl
// makes it.

struct nghttp2_session;
struct nghttp2_session_callbacks;

namespace http {
namespace {

/// The beginning of an nghttp2_frame.
struct Frame {
  std::size_t length;
  std::int32_t stream;
  std::uint8_t type;
  std::uint8_t flags;
};

using OnFrame = int (*)(nghttp2_session*, const Frame*, void*);
using OnClose = int (*)(nghttp2_session*, std::int32_t stream, std::uint32_t error, void*);
template <class Callback>
using Setter = void (*)(nghttp2_session_callbacks*, Callback);
using UserData = void* (*)(nghttp2_session*, std::int32_t stream);

template <class Function>
void find(Function& function, const char* name) {
  function = reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

// nghttp2's
Setter<OnFrame> set_on_frame = nullptr;
Setter<OnClose> set_on_close = nullptr;
UserData user_data_of = nullptr;

// libcurl's
OnFrame libcurls_on_frame = nullptr;
OnClose libcurls_on_close = nullptr;

/// What libcurl keeps with its streams: their easy handles.
thread_local std::unordered_set<const void*> broken_off;

/// A stream that is reset still waits for its end, since our request has ended: a response without
/// one is malformed, whatever the server calls it (RFC 9113, 8.1.1).
int on_frame(nghttp2_session* session, const Frame* frame, void* user) noexcept {
  constexpr std::uint8_t rst_stream = 3;
  if (frame->type == rst_stream) broken_off.insert(user_data_of(session, frame->stream));
  return libcurls_on_frame(session, frame, user);
}

/// The error may be nghttp2's own: a response that is malformed.
int on_close(nghttp2_session* session, std::int32_t stream, std::uint32_t error,
             void* user) noexcept {
  if (error != 0) broken_off.insert(user_data_of(session, stream));
  return libcurls_on_close(session, stream, error, user);
}

}  // namespace

void note_stream_ends() {
  find(set_on_frame, "nghttp2_session_callbacks_set_on_frame_recv_callback");
  find(set_on_close, "nghttp2_session_callbacks_set_on_stream_close_callback");
  find(user_data_of, "nghttp2_session_get_stream_user_data");
}

bool has_broken_off(const CURL* handle) {
  return broken_off.contains(handle);
}

void forget_stream_end(const CURL* handle) {
  broken_off.erase(handle);
}

}  // namespace http

extern "C" void nghttp2_session_callbacks_set_on_frame_recv_callback(
    nghttp2_session_callbacks* callbacks, http::OnFrame libcurls) {
  http::libcurls_on_frame = libcurls;
  http::set_on_frame(callbacks, http::on_frame);
}

extern "C" void nghttp2_session_callbacks_set_on_stream_close_callback(
    nghttp2_session_callbacks* callbacks, http::OnClose libcurls) {
  http::libcurls_on_close = libcurls;
  http::set_on_close(callbacks, http::on_close);
}
