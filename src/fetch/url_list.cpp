#include "fetch/url_list.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "disk/open_input.hpp"
#include "fetch/list_line.hpp"
#include "loop/pool_work.hpp"

namespace fetch {

base::Result<std::vector<Source>> open_sources(const std::vector<std::string>& names) {
  std::vector<Source> sources;
  for (const std::string& name : names) {
    Source source;
    source.name = name;
    source.is_url = name.find("://") != std::string::npos;
    if (!source.is_url) {
      base::Result<base::FileDescriptor> list = disk::open_input(name);
      if (!list && list.error().code() == ENOENT)
        return list.error().advising("a URL begins with http:// or https://");
      if (!list) return list.error();
      source.list = std::move(*list);
    }
    sources.push_back(std::move(source));
  }
  return sources;
}

base::Result<void> follow_last(std::vector<Source>& sources) {
  Source& last = sources.back();
  struct stat status = {};
  last.is_followed = last.list && last.name != "-" && fstat(last.list.number(), &status) == 0 &&
                     S_ISREG(status.st_mode);
  if (last.is_followed) return {};
  return base::Failure(base::Kind::bad_url, 0,
                       fmt::format("--follow is for a list file, which {} is not; a pipe is read "
                                   "as it comes without it",
                                   last.name == "-" ? "standard input" : last.name));
}

base::Result<Source> open_failures(const std::string& log) {
  base::Result<base::FileDescriptor> opened = disk::open_input(log);
  if (!opened) return opened.error();
  base::Result<FailedLines> lines = FailedLines::read(std::move(*opened), log);
  if (!lines) return lines.error();
  Source source;
  source.name = log;
  source.failed_lines = std::move(*lines);
  return source;
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
    if (!entry) continue;
    ++given_;
    co_return entry;
  }
  co_return std::nullopt;
}

coro::Task<std::optional<Entry>> UrlList::next_of_this_source(std::stop_token stop) {
  Source& source = sources_[current_];
  if (source.is_url) {
    if (source.name.empty()) co_return std::nullopt;
    disk::Line line;
    line.number = ++urls_;
    line.text = std::exchange(source.name, std::string());
    co_return parse(line, "command line");
  }
  if (source.failed_lines) co_return co_await next_failure(*source.failed_lines);
  if (source.list && !reader_) {
    reader_.emplace(loop_, std::move(source.list));
    if (source.is_followed) reader_->follow(loop_, source.name);
  }
  for (;;) {
    const base::Result<std::optional<disk::Line>> line = co_await reader_->next(stop);
    if (!line) {
      const bool is_of_disk = line.error().kind() == base::Kind::disk;
      const base::Failure failure =
          is_of_disk ? disk::unreadable(source.name, line.error().code()) : line.error();
      failure_ = failure.advising(fmt::format("{} lines were read before", reader_->lines()));
      co_return std::nullopt;
    }
    if (!*line) break;
    std::optional<Entry> entry = parse(**line, source.name);
    if (entry) co_return entry;
  }
  reader_.reset();
  co_return std::nullopt;
}

coro::Task<std::optional<Entry>> UrlList::next_failure(FailedLines& lines) {
  std::optional<Entry> entry;
  const auto read = [&lines] { return lines.next(); };
  if (lines.has_next()) entry = co_await loop::on_pool(loop_, read);
  co_return entry;
}

std::optional<Entry> UrlList::parse(const disk::Line& line, const std::string& list) {
  std::optional<Entry> entry = parse_line(line, are_several_ ? list : "");
  if (!entry) return entry;
  if (auto* const job = std::get_if<Job>(&*entry))
    job->origin.repeat = repeats_.count(job->url.shown());
  return entry;
}

}  // namespace fetch
