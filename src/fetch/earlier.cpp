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

}  // namespace

Earlier look_for_earlier(const LogIndex& log, const disk::Directory& directory,
                         const Outcome& outcome) {
  Earlier earlier;
  std::optional<Record> record = log.find(outcome.url, outcome.origin.repeat);
  if (!record || record->status != Status::saved) return earlier;
  earlier.is_whole = directory.size_of(record->file) == record->bytes;
  earlier.file = std::move(record->file);
  earlier.validators.etag = fit_for_header(std::move(record->etag));
  earlier.validators.last_modified = fit_for_header(std::move(record->last_modified));
  return earlier;
}

}  // namespace fetch
