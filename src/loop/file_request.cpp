#include "loop/file_request.hpp"

namespace loop {

FileRequest read(Loop& loop, int fd, std::span<char> buffer, std::int64_t offset) {
  const auto start = [=](uv_loop_t* native, uv_fs_t* request, uv_fs_cb done) {
    const uv_buf_t piece = uv_buf_init(buffer.data(), static_cast<unsigned>(buffer.size()));
    return uv_fs_read(native, request, fd, &piece, 1, offset, done);
  };
  return FileRequest(loop, start);
}

FileRequest write(Loop& loop, int fd, std::span<const char> bytes, std::int64_t offset) {
  const auto start = [=](uv_loop_t* native, uv_fs_t* request, uv_fs_cb done) {
    const uv_buf_t piece =
        uv_buf_init(const_cast<char*>(bytes.data()), static_cast<unsigned>(bytes.size()));
    return uv_fs_write(native, request, fd, &piece, 1, offset, done);
  };
  return FileRequest(loop, start);
}

}  // namespace loop
