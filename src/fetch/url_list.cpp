#include "fetch/url_list.hpp"

#include <algorithm>
#include <utility>

#include "disk/open_input.hpp"
#include "fetch/list_line.hpp"

namespace fetch {

base::Result<std::vector<Source>> open_sources(const std::vector<std::string>& names) {
  std::vector<Source> sources;
  for (const std::string& name : names) {
    Source source;
    source.name = name;
    source.is_url = name.find("://") != std::string::npos;
    if (!source.is_url) {
      base::Result<base::FileDescriptor> list = disk::open_input(name);
      if (!list) return list.error();
      source.list = std::move(*list);
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
      failure_ = disk::unreadable(source.name, line.error().code());
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
