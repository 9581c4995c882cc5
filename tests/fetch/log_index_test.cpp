#include "fetch/log_index.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "disk/append_file.hpp"
#include "support/temporary_directory.hpp"

TEST_SUITE_BEGIN("fetch");

namespace {

fetch::Outcome saved(std::uint64_t n, const std::string& url, const std::string& file) {
  fetch::Outcome outcome;
  outcome.origin.n = n;
  outcome.url = url;
  outcome.status = fetch::Status::saved;
  outcome.file = file;
  outcome.bytes = n;
  outcome.attempts = 1;
  return outcome;
}

fetch::Outcome broken_off(const std::string& url, const std::string& part_of) {
  fetch::Outcome outcome;
  outcome.origin.n = 1;
  outcome.url = url;
  outcome.failure = base::Failure(base::Kind::cancelled, 0, "stopped");
  outcome.partial = fetch::Partial{part_of, {1, 2, 3}, "\"one\"", "", ""};
  return outcome;
}

/// A log of these bytes, opened as a run does it.
struct Log {
  explicit Log(const std::string& bytes) {
    directory.put("log", bytes);
    auto opened = disk::open_log(directory.at("log"));
    REQUIRE(opened);
    file = std::move(*opened);
    auto read = fetch::LogIndex::read(file.number(), "log");
    REQUIRE(read);
    index = std::move(*read);
  }

  TemporaryDirectory directory;
  base::FileDescriptor file;
  fetch::LogIndex index;
};

}  // namespace

TEST_CASE("row 97: a log that was torn at any byte is used up to its last whole line") {
  const std::string urls[] = {"http://h/a", "http://h/\xC3\xA9", "http://h/c"};
  std::string log;
  for (std::uint64_t n = 1; n <= 3; ++n) log += fetch::to_record(saved(n, urls[n - 1], "f"));
  for (std::size_t length = 0; length <= log.size(); ++length) {
    CAPTURE(length);
    const Log torn(log.substr(0, length));
    const auto whole = std::count(log.begin(), log.begin() + static_cast<long>(length), '\n');
    for (int i = 0; i < 3; ++i) {
      const auto record = torn.index.find(urls[i], 0);
      REQUIRE(record.has_value() == (i < whole));
      if (record) CHECK(record->bytes == static_cast<base::Bytes>(i + 1));
    }
  }
}

TEST_CASE("the last record of a line counts, and a URL's repeats are lines of their own") {
  fetch::Outcome repeated = saved(4, "http://h/a", "a-2");
  repeated.origin.repeat = 1;
  const Log log(fetch::to_record(broken_off("http://h/a", "a")) +
                fetch::to_record(saved(2, "http://h/a", "a")) + fetch::to_record(repeated) +
                fetch::to_record(broken_off("http://h/b", "b")));
  REQUIRE(log.index.find("http://h/a", 0));
  CHECK(log.index.find("http://h/a", 0)->file == "a");
  CHECK_FALSE(log.index.find("http://h/a", 0)->partial);
  REQUIRE(log.index.find("http://h/a", 1));
  CHECK(log.index.find("http://h/a", 1)->file == "a-2");
  CHECK_FALSE(log.index.find("http://h/a", 2));
  REQUIRE(log.index.find("http://h/b", 0));
  CHECK(log.index.find("http://h/b", 0)->partial->name == "b");
}

TEST_SUITE_END();
