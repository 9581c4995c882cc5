#include "disk/growing_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>

#include "loop/pool_work.hpp"

namespace disk {

GrowingFile::GrowingFile(loop::Loop& loop, const base::FileDescriptor& file, std::string path)
    : loop_(loop), file_(fcntl(file.number(), F_DUPFD_CLOEXEC, 3)), path_(std::move(path)) {}

coro::Task<base::Result<bool>> GrowingFile::wait_for_more(std::stop_token stop) {
  if (!watch_) {
    watch_.emplace(loop_, path_);
    if (watch_->error() == 0) co_return true;  // what came before it was watched
    co_return base::Failure(base::Kind::bad_url, 0,
                            fmt::format("cannot watch {}: {}", path_,
                                        std::generic_category().message(watch_->error())));
  }
  const auto look = [this] { return has_more(); };
  for (;;) {
    const base::Result<bool> more = co_await loop::on_pool(loop_, look);
    if (!more || *more) co_return more;
    const bool has_changed = co_await watch_->changed(stop);
    if (!has_changed) co_return false;
  }
}

base::Result<bool> GrowingFile::has_more() const {
  struct stat opened = {};
  struct stat named = {};
  const off_t position = lseek(file_.number(), 0, SEEK_CUR);
  const bool is_known = position >= 0 && fstat(file_.number(), &opened) == 0;
  if (is_known && opened.st_size > position) return true;
  const auto is_another = [this](const char* what) {
    return base::Failure(base::Kind::bad_url, 0,
                         fmt::format("{} {} while it was followed", path_, what));
  };
  if (!is_known || opened.st_size < position) return is_another("became shorter");
  if (stat(path_.c_str(), &named) != 0) return is_another("was removed");
  if (named.st_ino != opened.st_ino || named.st_dev != opened.st_dev)
    return is_another("was replaced");
  return false;
}

}  // namespace disk
