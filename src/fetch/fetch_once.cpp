#include "fetch/fetch_once.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "fetch/body_check.hpp"
#include "fetch/save_body.hpp"
#include "http/basic_authorization.hpp"
#include "http/head_values.hpp"
#include "http/transfer.hpp"

namespace fetch {
namespace {

/// A body that nobody wants is read up to here for the sake of its connection.
constexpr base::Bytes longest_unwanted_body = 64 * base::KiB;

Asked what_to_ask(const Download& download) {
  Asked asked;
  const Validators& unless = download.job.unless;
  asked.is_conditional = !unless.etag.empty() || !unless.last_modified.empty();
  if (!download.partial) return asked;
  asked.from = download.partial->stamp.size;
  asked.etag = download.partial->etag;
  return asked;
}

bool has_header(const std::vector<std::string>& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(), [&](const std::string& line) {
    return base::to_lower(line).starts_with(name);
  });
}

/// Header lines go to the origin of the URL in the list, and not to where it redirects; what tells
/// the version goes everywhere, because nobody knows who said it.
std::vector<std::string> headers_for(const http::Url& url, const Job& job, const Asked& asked,
                                     const Options& options) {
  std::vector<std::string> headers;
  if (!job.unless.etag.empty()) headers.push_back("If-None-Match: " + job.unless.etag);
  if (!job.unless.last_modified.empty())
    headers.push_back("If-Modified-Since: " + job.unless.last_modified);
  if (asked.from) {
    headers.push_back(fmt::format("Range: bytes={}-", *asked.from));
    headers.push_back("If-Range: " + asked.etag);
  }
  if (!options.accept.are_all() && !has_header(options.headers, "accept:") &&
      !has_header(job.headers, "accept:"))
    headers.push_back("Accept: " + options.accept.text());
  if (url.origin() != job.url.origin()) return headers;
  headers.insert(headers.end(), options.headers.begin(), options.headers.end());
  headers.insert(headers.end(), job.headers.begin(), job.headers.end());
  if (!options.user.empty() && !job.url.has_credentials())
    headers.push_back(http::basic_authorization(options.user));
  return headers;
}

void note_head(Answer& answer, const http::Url& url, const http::Head& head) {
  answer.http = head.status;
  answer.type = head.type;
  answer.content_encoding = head.content_encoding;
  answer.has_unverified_length = head.ends_with_connection && !url.is_https();
  answer.etag = head.etag;
  answer.last_modified = head.last_modified;
  answer.wait_of_server =
      http::parse_retry_after(head.retry_after, std::chrono::system_clock::now());
}

/// The rest of a body is described where its beginning was: RFC 9110, 15.3.7 lets a server leave it
/// at that.
void note_beginning(Answer& answer, const Partial& partial) {
  answer.etag = partial.etag;
  if (answer.type.empty()) answer.type = partial.type;
  if (answer.last_modified.empty()) answer.last_modified = partial.last_modified;
}

base::Result<http::Url> next_hop(const http::Url& from, const http::Head& head, int hops,
                                 int most) {
  if (hops > most)
    return base::Failure(base::Kind::redirect, head.status,
                         fmt::format("more than {} redirects", most));
  base::Result<http::Url> url = from.resolve(*head.location);
  if (url) return url;
  return base::Failure(base::Kind::redirect, head.status,
                       fmt::format("the redirect leads nowhere: {}", url.error().words()));
}

}  // namespace

coro::Task<base::Result<Fetched>> fetch_once(Run& run, Download& download, std::stop_token stop) {
  Outcome& outcome = download.outcome;
  Answer& answer = outcome.answer;
  answer = Answer();
  Asked asked = what_to_ask(download);
  http::Url url = download.job.url;
  for (int hops = 1;; ++hops) {
    http::Transfer transfer(run.http, url, headers_for(url, download.job, asked, run.options),
                            stop);
    const base::Result<http::Head> head = co_await transfer.head();
    outcome.timing = transfer.timing();
    if (!head) co_return head.error();
    note_head(answer, url, *head);

    const Verdict verdict = judge(*head, asked);
    if (verdict == Verdict::save || verdict == Verdict::append) {
      if (verdict == Verdict::append)
        note_beginning(answer, *download.partial);
      else
        co_await drop_partial(run, download);
      base::Result<void> saved = check_stated_type(run.options.accept, answer.type);
      if (saved)
        saved = co_await save_body(run, download, transfer);
      else
        co_await transfer.discard_body(longest_unwanted_body);
      outcome.timing = transfer.timing();
      if (!saved) co_return saved.error();
      co_return Fetched::saved;
    }
    co_await transfer.discard_body(longest_unwanted_body);
    outcome.timing = transfer.timing();
    if (verdict == Verdict::keep) co_return Fetched::not_modified;
    if (verdict == Verdict::refuse) co_return failure_of(*head);
    if (verdict == Verdict::restart) {
      co_await drop_partial(run, download);
      asked = what_to_ask(download);
      url = download.job.url;
      answer = Answer();
      continue;
    }

    base::Result<http::Url> next = next_hop(url, *head, hops, run.options.max_redirects);
    if (!next) co_return next.error();
    url = std::move(*next);
    answer.final_url = url.shown();
  }
}

}  // namespace fetch
