#include "fetch/earlier.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace fetch {
namespace {

/// A log can be edited: what would be two header lines is none.
std::string fit_for_header(std::string value) {
  const auto is_control = [](char c) { return base::is_control(static_cast<unsigned char>(c)); };
  return std::any_of(value.begin(), value.end(), is_control) ? "" : value;
}

bool can_be_continued(const disk::Directory& directory, const Partial& partial) {
  return is_strong(fit_for_header(partial.etag)) &&
         disk::has_part(directory, partial.name, partial.stamp);
}

}  // namespace

Earlier look_for_earlier(const LogIndex& log, const disk::Directory& directory,
                         const Outcome& outcome) {
  Earlier earlier;
  std::optional<Record> record = log.find(outcome.url, outcome.origin.repeat);
  if (record && record->partial && can_be_continued(directory, *record->partial))
    earlier.partial = std::move(record->partial);
  if (!record || record->status != Status::saved) return earlier;
  earlier.is_whole = directory.size_of(record->file) == record->bytes;
  earlier.file = std::move(record->file);
  earlier.sha256 = std::move(record->sha256);
  earlier.validators.etag = fit_for_header(std::move(record->etag));
  earlier.validators.last_modified = fit_for_header(std::move(record->last_modified));
  return earlier;
}

}  // namespace fetch
