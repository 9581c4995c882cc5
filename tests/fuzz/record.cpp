// Lines of a log: what is taken for a record names nothing outside the directory, and says the same
// when it is written and read again.
#include <cstdint>
#include <string>
#include <string_view>

#include "fetch/file_name.hpp"
#include "fetch/record.hpp"
#include "insist.hpp"

namespace {

fetch::Outcome outcome_of(const fetch::Record& record) {
  fetch::Outcome outcome;
  outcome.origin = record.origin;
  outcome.url = record.url;
  outcome.status = record.status;
  outcome.file = record.file;
  outcome.bytes = record.bytes;
  outcome.answer.etag = record.etag;
  outcome.answer.last_modified = record.last_modified;
  outcome.partial = record.partial;
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line(reinterpret_cast<const char*>(data), size);
  const auto record = fetch::parse_record(line);
  if (!record) return 0;
  insist(record->file.empty() || fetch::leads_down(record->file));
  insist(record->status != fetch::Status::saved || !record->file.empty());

  const std::string written = fetch::to_record(outcome_of(*record));
  insist(written.find('\n') == written.size() - 1);
  const auto read = fetch::parse_record(std::string_view(written).substr(0, written.size() - 1));
  insist(read.has_value());
  insist(read->origin.n == record->origin.n && read->origin.repeat == record->origin.repeat);
  insist(read->url == record->url && read->file == record->file);
  insist(read->status == record->status && read->etag == record->etag);
  insist(record->status != fetch::Status::saved || read->bytes == record->bytes);
  insist(read->partial.has_value() == record->partial.has_value());
  if (record->partial)
    insist(read->partial->name == record->partial->name &&
           read->partial->stamp == record->partial->stamp);
  return 0;
}
