#include "fetch/body_check.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"
#include "http/head_values.hpp"

namespace fetch {
namespace {

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// Whether a 206 brings the rest of the file from `asked.from` on, all of it and of one version.
bool is_the_rest(const http::Head& head, const Asked& asked) {
  const auto range = http::parse_content_range(head.content_range);
  if (!range || range->first != asked.from || !range->length) return false;
  const bool is_same_version = head.etag.empty() || head.etag == asked.etag;
  return range->last + 1 == *range->length && head.length == range->last - range->first + 1 &&
         is_same_version;
}

}  // namespace

Verdict judge(const http::Head& head, const Asked& asked) {
  if (is_redirect(head.status))
    return head.location && !head.location->empty() ? Verdict::follow : Verdict::refuse;
  if (head.status == 206 && asked.from)
    return is_the_rest(head, asked) ? Verdict::append : Verdict::restart;
  if (head.status == 416 && asked.from) return Verdict::restart;
  if (head.status / 100 == 2 && head.status != 206) return Verdict::save;
  if (head.status == 304 && asked.is_conditional) return Verdict::keep;
  return Verdict::refuse;
}

base::Failure failure_of(const http::Head& head) {
  const auto failure = [&](base::Kind kind, std::string words) {
    return base::Failure(kind, head.status, std::move(words));
  };
  if (is_redirect(head.status))
    return failure(base::Kind::redirect, fmt::format("HTTP {} without a Location", head.status));
  if (head.status == 206)
    return failure(base::Kind::protocol, "the server sent a part (HTTP 206) that nobody asked for");
  if (head.status == 304)
    return failure(base::Kind::protocol,
                   "the server says \"not modified\" (HTTP 304) and nobody asked");
  std::string words = fmt::format("the server answered HTTP {}", head.status);
  if (!head.retry_after.empty())
    words += fmt::format(" and asks to wait: {}", base::printable(head.retry_after));
  return failure(base::Kind::http_status, std::move(words));
}

}  // namespace fetch
