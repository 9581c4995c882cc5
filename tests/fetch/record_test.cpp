#include "fetch/record.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "fetch/body_check.hpp"
#include "fetch/digest.hpp"

TEST_SUITE_BEGIN("fetch");

using namespace std::chrono_literals;

namespace {

fetch::Outcome saved() {
  fetch::Outcome outcome;
  outcome.origin.n = 7;
  outcome.url = "http://h/a.jpg";
  outcome.status = fetch::Status::saved;
  outcome.file = "a.jpg";
  outcome.bytes = 12;
  outcome.http = 200;
  outcome.type = "image/jpeg";
  outcome.attempts = 1;
  outcome.at = std::chrono::system_clock::from_time_t(1'000'000'000) + 42ms;
  outcome.total = 1'500'000us;
  return outcome;
}

http::Head head(int status, std::optional<std::string> location = std::nullopt) {
  http::Head head;
  head.status = status;
  head.location = std::move(location);
  return head;
}

}  // namespace

TEST_CASE("a record is one line of JSON with what became of its line") {
  const std::string text = fetch::to_record(saved());
  CHECK(text.ends_with("}\n"));
  CHECK(text.find('\n') == text.size() - 1);
  const auto record = nlohmann::json::parse(text);
  CHECK(record["n"] == 7);
  CHECK(record["url"] == "http://h/a.jpg");
  CHECK(record["status"] == "saved");
  CHECK(record["file"] == "a.jpg");
  CHECK(record["bytes"] == 12);
  CHECK(record["http"] == 200);
  CHECK(record["at"] == "2001-09-09T01:46:40.042Z");
  CHECK(record["seconds"]["total"] == 1.5);
  CHECK_FALSE(record.contains("kind"));
  CHECK_FALSE(record.contains("final_url"));
}

TEST_CASE("a failure has its kind and its words") {
  fetch::Outcome outcome = saved();
  outcome.status = fetch::Status::failed;
  outcome.failure = base::Failure(base::Kind::http_status, 404, "the server answered HTTP 404");
  const auto record = nlohmann::json::parse(fetch::to_record(outcome));
  CHECK(record["status"] == "failed");
  CHECK(record["kind"] == "http_status");
  CHECK(record["error"] == "the server answered HTTP 404");
  CHECK_FALSE(record.contains("bytes"));
}

TEST_CASE("what a server or a list said is valid text without control characters") {
  fetch::Outcome outcome = saved();
  outcome.file = "a\x1b[31m\"\\\x7f\xC2\x85\xFF\xE2\x80\xAE.jpg";
  const std::string text = fetch::to_record(outcome);
  for (const char byte : text.substr(0, text.size() - 1))
    CHECK((static_cast<unsigned char>(byte) >= 0x20 && byte != '\x7f'));
  CHECK(text.find("\xC2\x85") == std::string::npos);
  const auto record = nlohmann::json::parse(text);
  CHECK(record["file"] == "a\x1b[31m\"\\\x7f\xC2\x85\xEF\xBF\xBD\xE2\x80\xAE.jpg");
}

TEST_CASE("the keys that are not ours are carried unchanged") {
  fetch::Outcome outcome = saved();
  outcome.origin.input = R"({"label":"cat"})";
  CHECK(nlohmann::json::parse(fetch::to_record(outcome))["input"]["label"] == "cat");
}

TEST_CASE("a response is saved, followed or refused by its status") {
  CHECK(fetch::judge(head(200), {}) == fetch::Verdict::save);
  CHECK(fetch::judge(head(204), {}) == fetch::Verdict::save);
  for (const int status : {301, 302, 303, 307, 308}) {
    CAPTURE(status);
    CHECK(fetch::judge(head(status, "/x"), {}) == fetch::Verdict::follow);
    CHECK(fetch::judge(head(status), {}) == fetch::Verdict::refuse);
    CHECK(fetch::judge(head(status, ""), {}) == fetch::Verdict::refuse);
    CHECK(fetch::failure_of(head(status)).kind() == base::Kind::redirect);
  }
  struct Row {
    int status;
    base::Kind kind;
  };
  for (const Row row : {Row{206, base::Kind::protocol}, Row{304, base::Kind::protocol},
                        Row{300, base::Kind::http_status}, Row{404, base::Kind::http_status},
                        Row{500, base::Kind::http_status}}) {
    CAPTURE(row.status);
    CHECK(fetch::judge(head(row.status), {}) == fetch::Verdict::refuse);
    CHECK(fetch::failure_of(head(row.status)).kind() == row.kind);
  }
}

TEST_CASE("digests are those of the standard") {
  fetch::Sha256 digest;
  digest.add("a");
  digest.add("bc");
  // FIPS 180-4's example "abc"
  CHECK(digest.hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(fetch::sha1("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST_SUITE_END();
