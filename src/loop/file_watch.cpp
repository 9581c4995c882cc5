#include "loop/file_watch.hpp"

#include <filesystem>

namespace loop {
namespace {

Owned<uv_fs_event_t> make_watcher(Loop& loop, void* data) {
  return make_handle<uv_fs_event_t>(
      [&loop](uv_fs_event_t* watcher) { return uv_fs_event_init(loop.native(), watcher); }, data);
}

std::string directory_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path().string() : ".";
}

}  // namespace

FileWatch::FileWatch(Loop& loop, const std::string& path)
    : name_(std::filesystem::path(path).filename().string()),
      waiting_(loop.ready()),
      file_(make_watcher(loop, this)),
      directory_(make_watcher(loop, this)) {
  watch(file_.get(), path);
  watch(directory_.get(), directory_of(path));
}

void FileWatch::watch(uv_fs_event_t* watcher, const std::string& path) {
  const auto on_event = [](uv_fs_event_t* handle, const char* name, int, int) noexcept {
    static_cast<FileWatch*>(handle->data)->note(name);
  };
  const int status = uv_fs_event_start(watcher, on_event, path.c_str(), /*flags=*/0);
  if (status != 0 && error_ == 0) error_ = -status;
}

/// Of the directory everything is told, also what happens to other files.
void FileWatch::note(const char* name) {
  if (name && name_ != name) return;
  has_changed_ = true;
  waiting_.wake_all();
}

coro::Task<bool> FileWatch::changed(std::stop_token stop) {
  bool is_woken = has_changed_;
  if (!is_woken) is_woken = co_await waiting_.wait(stop);
  has_changed_ = false;
  co_return is_woken;
}

}  // namespace loop
