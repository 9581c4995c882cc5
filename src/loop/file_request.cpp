#include "loop/file_request.hpp"

namespace loop {
namespace {

constexpr std::int64_t own_position = -1;

}  // namespace

FileRequest read(Loop& loop, int fd, std::span<char> buffer) {
  const auto start = [=](uv_loop_t* native, uv_fs_t* request, uv_fs_cb done) {
    const uv_buf_t piece = uv_buf_init(buffer.data(), static_cast<unsigned>(buffer.size()));
    return uv_fs_read(native, request, fd, &piece, 1, own_position, done);
  };
  return FileRequest(loop, start);
}

FileRequest write(Loop& loop, int fd, std::span<const char> bytes) {
  const auto start = [=](uv_loop_t* native, uv_fs_t* request, uv_fs_cb done) {
    const uv_buf_t piece =
        uv_buf_init(const_cast<char*>(bytes.data()), static_cast<unsigned>(bytes.size()));
    return uv_fs_write(native, request, fd, &piece, 1, own_position, done);
  };
  return FileRequest(loop, start);
}

}  // namespace loop
