#pragma once

#include <uv.h>

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "base/units.hpp"
#include "loop/loop.hpp"

namespace loop {

/// A file-system request of libuv, which runs on the pool: `ssize_t n = co_await write(...)`.
/// Gives what the request gives: a count, or a negative errno. The request lies in the waiting
/// frame, and the frame is not destroyed before the request's callback (see Task).
class FileRequest {
 public:
  using Start = std::function<int(uv_loop_t*, uv_fs_t*, uv_fs_cb)>;

  FileRequest(Loop& loop, Start start) : loop_(loop), start_(std::move(start)) {}
  FileRequest(const FileRequest&) = delete;
  FileRequest& operator=(const FileRequest&) = delete;

  bool await_ready() const noexcept { return false; }

  bool await_suspend(std::coroutine_handle<> coroutine) {
    coroutine_ = coroutine;
    request_.data = this;
    const int status = start_(loop_.native(), &request_, [](uv_fs_t* request) noexcept {
      auto& self = *static_cast<FileRequest*>(request->data);
      self.result_ = request->result;
      uv_fs_req_cleanup(request);
      self.loop_.ready().post(self.coroutine_);
    });
    if (status < 0) result_ = status;
    return status >= 0;
  }

  std::int64_t await_resume() const noexcept { return result_; }

 private:
  Loop& loop_;
  Start start_;
  std::coroutine_handle<> coroutine_;
  uv_fs_t request_ = {};
  std::int64_t result_ = 0;
};

/// Reads from the descriptor's own position. 0 is the end of the file.
FileRequest read(Loop& loop, int fd, std::span<char> buffer);

/// Writes at the descriptor's own position. May write less than all, also when the disk is full:
/// the next call then says why.
FileRequest write(Loop& loop, int fd, std::span<const char> bytes);

}  // namespace loop
