// Lines of lists: whatever stands there is a request, a reason why not, or nothing; a request can
// be sent as it is, and no password and no control character gets into what is shown.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/text.hpp"
#include "disk/line_splitter.hpp"
#include "fetch/file_name.hpp"
#include "fetch/list_line.hpp"
#include "fetch/record.hpp"
#include "insist.hpp"

namespace {

bool is_one_header_line(std::string_view line) {
  return line.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos &&
         line.find(':') != std::string_view::npos;
}

void check(const fetch::Job& job) {
  insist(!job.url.host().empty());
  insist(job.url.text().starts_with("http://") || job.url.text().starts_with("https://"));
  // A host may be written in any letters; the rest is encoded.
  for (const char c : job.url.text()) insist(static_cast<unsigned char>(c) > ' ' && c != '\x7f');
  const std::string& shown = job.url.shown();
  insist(shown.substr(0, shown.find('/', shown.find("://") + 3)).find('@') == std::string::npos);
  insist(job.out.empty() || fetch::leads_down(job.out));
  insist(job.sha256.empty() || job.sha256.size() == 64);
  for (const std::string& header : job.headers) insist(is_one_header_line(header));
}

void check_record(const fetch::Origin& origin, const std::string& url) {
  fetch::Outcome outcome;
  outcome.origin = origin;
  outcome.url = url;
  outcome.failure = base::Failure(base::Kind::cancelled, 0, "");
  const std::string record = fetch::to_record(outcome);
  insist(record.find('\n') == record.size() - 1);
  const auto read = fetch::parse_record(std::string_view(record).substr(0, record.size() - 1));
  insist(read.has_value() && read->origin.n == origin.n);
}

}  // namespace

/// The first byte says where the rest is cut into two chunks.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view first(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string_view second = first.substr(first.size() * data[0] / 256);
  first.remove_suffix(second.size());

  disk::LineSplitter splitter(/*longest=*/2000);
  std::uint64_t number = 0;
  const auto take = [&number](const disk::LineSplitter::Line& text) {
    disk::Line line;
    line.number = ++number;
    line.text = text.text;
    line.is_too_long = text.is_too_long;
    const std::optional<fetch::Entry> entry = fetch::parse_line(line, "");
    if (!entry) return;
    if (const auto* const job = std::get_if<fetch::Job>(&*entry)) {
      check(*job);
      check_record(job->origin, job->url.shown());
    } else {
      const auto& bad_line = std::get<fetch::BadLine>(*entry);
      insist(!bad_line.failure.words().empty() && bad_line.text.size() <= 210);
      check_record(bad_line.origin, bad_line.text);
    }
  };
  for (std::string_view* chunk : {&first, &second}) {
    while (const auto line = splitter.next(*chunk)) take(*line);
  }
  if (const auto last = splitter.rest()) take(*last);
  return 0;
}
