#include "report/log_review.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "http/url.hpp"

namespace report {
namespace {

using fetch::Status;

/// "example.com", or "example.com:8080" where the port is not the scheme's own.
std::string host_and_port(const http::Url& url) {
  std::string_view origin = url.origin();
  for (const auto& [scheme, port] : {std::pair("http://", ":80"), std::pair("https://", ":443")}) {
    if (!origin.starts_with(scheme)) continue;
    origin.remove_prefix(std::string_view(scheme).size());
    if (origin.ends_with(port)) origin.remove_suffix(std::string_view(port).size());
  }
  return std::string(origin);
}

}  // namespace

void LogReview::add(const fetch::Record& record) {
  if (record.status == Status::saved) add_saved(record);
  if (record.status == Status::failed) add_failure(record);
  if (record.status == Status::skipped) ++skipped_;
  add_to_host(record);
  if (record.at && record.status != Status::skipped) {
    const auto body = std::max(record.total - record.first_byte, std::chrono::microseconds(0));
    arrivals_.push_back(
        {*record.at, record.total, body, record.bytes, record.status == Status::failed});
  }
}

void LogReview::add_saved(const fetch::Record& record) {
  ++saved_;
  bytes_ += record.bytes;
  first_byte_.add(base::in_seconds(record.first_byte));
  total_.add(base::in_seconds(record.total));
  size_.add(static_cast<double>(record.bytes));
  if (!record.type.starts_with("image/")) return;
  ++picture_count_;
  if (pictures_.size() < limits_.pictures && has_room_for(record.file.size() + record.url.size()))
    pictures_.push_back({record.file, record.url, record.bytes, std::nullopt});
}

void LogReview::add_failure(const fetch::Record& record) {
  ++failed_;
  FailureGroup& group = failures_[record.kind];
  group.kind = record.kind;
  ++group.count;
  const std::size_t text = record.origin.list.size() + record.url.size() + record.error.size();
  if (failed_lines_ >= limits_.failed_lines || !has_room_for(text)) return;
  ++failed_lines_;
  group.lines.push_back({record.origin.list, record.origin.n, record.url, record.error});
}

void LogReview::add_to_host(const fetch::Record& record) {
  HostReview* const host = host_of(record.url);
  if (!host) return;
  if (record.status == Status::failed) ++host->failed;
  if (record.status == Status::skipped) ++host->skipped;
  if (record.status != Status::saved) return;
  ++host->saved;
  host->bytes += record.bytes;
  host->first_byte.add(base::in_seconds(record.first_byte));
  host->total.add(base::in_seconds(record.total));
}

/// Null for what is no URL, and for a host that there is no room for.
HostReview* LogReview::host_of(const std::string& url) {
  const base::Result<http::Url> parsed = http::Url::parse(url);
  if (!parsed) return nullptr;
  std::string host = host_and_port(*parsed);
  const auto found = hosts_.find(host);
  if (found != hosts_.end()) return &found->second;
  if (hosts_.size() >= limits_.hosts || !has_room_for(host.size())) {
    ++lines_of_other_hosts_;
    return nullptr;
  }
  HostReview& added = hosts_[host];
  added.host = std::move(host);
  return &added;
}

bool LogReview::has_room_for(std::size_t text) {
  if (text > limits_.text - text_) return false;
  text_ += text;
  return true;
}

std::vector<const FailureGroup*> LogReview::failures() const {
  std::vector<const FailureGroup*> groups;
  for (const auto& [kind, group] : failures_) groups.push_back(&group);
  std::sort(groups.begin(), groups.end(), [](const FailureGroup* a, const FailureGroup* b) {
    return std::tie(b->count, a->kind) < std::tie(a->count, b->kind);
  });
  return groups;
}

std::vector<HostReview> LogReview::hosts() const {
  std::vector<HostReview> hosts;
  for (const auto& [name, host] : hosts_) hosts.push_back(host);
  std::sort(hosts.begin(), hosts.end(), [](const HostReview& a, const HostReview& b) {
    return std::tuple(b.lines(), std::string_view(a.host)) <
           std::tuple(a.lines(), std::string_view(b.host));
  });
  return hosts;
}

}  // namespace report
