#include "fetch/url_list.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "fetch/list_line.hpp"

namespace fetch {
namespace {

base::Failure unreadable(const std::string& list, int error) {
  const std::string name = list == "-" ? "on standard input" : list;
  return base::Failure(
      base::Kind::bad_url, error,
      base::disk_failure(error, fmt::format("cannot read the list {}", name)).words());
}

}  // namespace

base::Result<std::vector<Source>> open_sources(const std::vector<std::string>& names) {
  std::vector<Source> sources;
  for (const std::string& name : names) {
    Source source;
    source.name = name;
    source.is_url = name.find("://") != std::string::npos;
    if (!source.is_url) {
      source.list = base::FileDescriptor(name == "-" ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
                                                     : open(name.c_str(), O_RDONLY | O_CLOEXEC));
      if (!source.list) return unreadable(name, errno);
      struct stat status = {};
      if (fstat(source.list.number(), &status) != 0) return unreadable(name, errno);
      if (S_ISDIR(status.st_mode)) return unreadable(name, EISDIR);
      const int mode = fcntl(source.list.number(), F_GETFL) & O_ACCMODE;
      if (mode == O_WRONLY) return unreadable(name, EBADF);  // how main() leaves a closed stdin
    }
    sources.push_back(std::move(source));
  }
  return sources;
}

UrlList::UrlList(loop::Loop& loop, std::vector<Source> sources)
    : loop_(loop), sources_(std::move(sources)) {
  const auto urls = std::count_if(sources_.begin(), sources_.end(),
                                  [](const Source& source) { return source.is_url; });
  const auto lists = std::ssize(sources_) - urls;
  are_several_ = lists + (urls > 0 ? 1 : 0) > 1;
}

coro::Task<std::optional<Entry>> UrlList::next(std::stop_token stop) {
  for (; current_ < sources_.size() && !failure_ && !stop.stop_requested(); ++current_) {
    std::optional<Entry> entry = co_await next_of_this_source(stop);
    if (entry) co_return entry;
  }
  co_return std::nullopt;
}

coro::Task<std::optional<Entry>> UrlList::next_of_this_source(std::stop_token stop) {
  Source& source = sources_[current_];
  if (source.is_url) {
    if (source.name.empty()) co_return std::nullopt;
    const std::string url = std::exchange(source.name, std::string());
    co_return entry_of_url(url);
  }
  if (source.list && !reader_) reader_.emplace(loop_, std::move(source.list));
  for (;;) {
    const base::Result<std::optional<disk::Line>> line = co_await reader_->next(stop);
    if (!line) {
      failure_ = unreadable(source.name, line.error().code());
      co_return std::nullopt;
    }
    if (!*line) break;
    std::optional<Entry> entry = parse_line(**line, are_several_ ? source.name : "");
    if (entry) co_return entry;
  }
  reader_.reset();
  co_return std::nullopt;
}

Entry UrlList::entry_of_url(const std::string& url) {
  disk::Line line;
  line.number = ++urls_;
  line.text = url;
  return *parse_line(line, are_several_ ? "command line" : "");
}

}  // namespace fetch
