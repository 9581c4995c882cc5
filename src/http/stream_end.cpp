#include "http/stream_end.hpp"

#include <dlfcn.h>

#include <cstddef>
#include <cstdint>

// This stands between libcurl and nghttp2, which tells libcurl of the end of a stream: a program's
// functions come before those of the same name in its libraries, so libcurl calls the one below.
// Where libcurl has nghttp2 within itself nobody does, and all is as libcurl makes it.

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
  std::uint8_t reserved;
  std::uint32_t error;  ///< of a RST_STREAM
};

using OnFrame = int (*)(nghttp2_session*, const Frame*, void*);
using SetOnFrame = void (*)(nghttp2_session_callbacks*, OnFrame);

SetOnFrame set_on_frame = nullptr;  // nghttp2's
OnFrame libcurls_on_frame = nullptr;

/// A stream that is reset still waits for its end, since our request has ended: a response without
/// one is malformed, which is a PROTOCOL_ERROR (RFC 9113, 8.1.1). nghttp2 closes the stream with
/// the error that stands in the frame after this call.
int on_frame(nghttp2_session* session, const Frame* frame, void* user) noexcept {
  constexpr std::uint8_t rst_stream = 3;
  constexpr std::uint32_t no_error = 0;
  constexpr std::uint32_t protocol_error = 1;
  if (frame->type == rst_stream && frame->error == no_error)
    const_cast<Frame*>(frame)->error = protocol_error;
  return libcurls_on_frame(session, frame, user);
}

}  // namespace

void let_cut_streams_fail() {
  void* const found = dlsym(RTLD_NEXT, "nghttp2_session_callbacks_set_on_frame_recv_callback");
  set_on_frame = reinterpret_cast<SetOnFrame>(found);
}

}  // namespace http

extern "C" void nghttp2_session_callbacks_set_on_frame_recv_callback(
    nghttp2_session_callbacks* callbacks, http::OnFrame libcurls) {
  http::libcurls_on_frame = libcurls;
  http::set_on_frame(callbacks, http::on_frame);
}
