#pragma once

#include <uv.h>

#include <memory>

namespace loop {

/// Closes a libuv handle now and frees it when the loop lets go of it, which is later: the memory
/// of a handle must outlive its closing callback.
struct CloseThenFree {
  template <class Handle>
  void operator()(Handle* handle) const noexcept {
    uv_close(reinterpret_cast<uv_handle_t*>(handle),
             [](uv_handle_t* closed) { delete reinterpret_cast<Handle*>(closed); });
  }
};

/// An initialised libuv handle. After its destruction no callback of it comes any more.
template <class Handle>
using Owned = std::unique_ptr<Handle, CloseThenFree>;

/// `initialise(handle)` is the uv_*_init call; a failure there is a broken invariant and throws.
template <class Handle, class Initialise>
Owned<Handle> make_handle(Initialise initialise, void* data);

/// Throws std::system_error with `what` when `status`, from a libuv call, is negative.
void insist(int status, const char* what);

template <class Handle, class Initialise>
Owned<Handle> make_handle(Initialise initialise, void* data) {
  auto handle = std::make_unique<Handle>();
  insist(initialise(handle.get()), "cannot initialise a handle of the event loop");
  handle->data = data;
  return Owned<Handle>(handle.release());
}

}  // namespace loop
