#include "fetch/record.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

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
  outcome.answer.http = 200;
  outcome.answer.type = "image/jpeg";
  outcome.attempts = 1;
  outcome.at = std::chrono::system_clock::from_time_t(1'000'000'000) + 42ms;
  outcome.total = 1'500'000us;
  return outcome;
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

TEST_CASE("a record tells what is unusual about a body, and only that") {
  fetch::Outcome outcome = saved();
  CHECK_FALSE(nlohmann::json::parse(fetch::to_record(outcome)).contains("content_encoding"));
  CHECK_FALSE(nlohmann::json::parse(fetch::to_record(outcome)).contains("length_unverified"));
  outcome.answer.content_encoding = "gzip";
  outcome.answer.has_unverified_length = true;
  const auto record = nlohmann::json::parse(fetch::to_record(outcome));
  CHECK(record["content_encoding"] == "gzip");
  CHECK(record["length_unverified"] == true);
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

TEST_CASE("when it was, how long it took and why it failed are read as they were written") {
  fetch::Outcome outcome = saved();
  outcome.timing.first_byte = 250'000us;
  const std::string whole = fetch::to_record(outcome);
  const auto record = fetch::parse_record(std::string_view(whole).substr(0, whole.size() - 1));
  REQUIRE(record);
  CHECK(record->at == outcome.at);
  CHECK(record->first_byte == 250'000us);
  CHECK(record->total == 1'500'000us);
  CHECK(record->type == "image/jpeg");

  outcome.failure = base::Failure(base::Kind::timeout, 0, "no answer for 30 s");
  outcome.status = fetch::Status::failed;
  const std::string failed = fetch::to_record(outcome);
  const auto failure = fetch::parse_record(std::string_view(failed).substr(0, failed.size() - 1));
  REQUIRE(failure);
  CHECK(failure->kind == "timeout");
  CHECK(failure->error == "no answer for 30 s");
}

TEST_CASE("a time or a duration that is none makes its line no record") {
  const auto with = [](const std::string& members) {
    return fetch::parse_record(R"({"n":1,"url":"u","status":"failed",)" + members + "}");
  };
  CHECK(with(R"("at":"2024-02-29T23:59:59.999Z")"));
  CHECK(with(R"("seconds":{"total":1e-6,"first_byte":2})"));
  for (const char* wrong :
       {R"("at":"4052-01-02T03:04:05.678Z")", R"("at":"2023-02-29T00:00:00.000Z")",
        R"("at":"2024-01-01T24:00:00.000Z")", R"("at":"2024-01-01")",
        R"("at":"2024-01-01T00:00:00.000Zx")", R"("at":1)", R"("seconds":{"total":-1})",
        R"("seconds":{"total":"1"})", R"("seconds":{"total":1e300})"}) {
    CAPTURE(wrong);
    CHECK_FALSE(with(wrong));
  }
}

TEST_CASE("a part that can be continued is read as it was written") {
  fetch::Outcome outcome = saved();
  outcome.status = fetch::Status::failed;
  outcome.failure = base::Failure(base::Kind::cancelled, 0, "stopped");
  outcome.answer.etag = "\"one\"";
  outcome.answer.last_modified = "Sat, 01 Jan 2022 10:00:00 GMT";
  outcome.partial = fetch::Partial{"a.jpg", {42, 1000, 1'700'000'000'123'456'789}, "", "", ""};
  const std::string text = fetch::to_record(outcome);
  const auto record = fetch::parse_record(text.substr(0, text.size() - 1));
  REQUIRE(record);
  REQUIRE(record->partial);
  CHECK(record->partial->name == "a.jpg");
  CHECK(record->partial->stamp == outcome.partial->stamp);
  CHECK(record->partial->etag == outcome.answer.etag);
  CHECK(record->partial->type == outcome.answer.type);
  CHECK(record->partial->last_modified == outcome.answer.last_modified);
}

TEST_CASE("a part without a plain name or without bytes makes its line no record") {
  const auto with_part = [](const std::string& part) {
    return fetch::parse_record(R"({"n":1,"url":"u","status":"failed","part":)" + part + "}");
  };
  CHECK(with_part(R"({"name":"a","bytes":1,"inode":1,"written_at":1})"));
  for (const char* part : {R"({"name":"../a","bytes":1})", R"({"name":"","bytes":1})",
                           R"({"name":"a","bytes":0})", R"({"name":"a","bytes":-1})", "1", "[]"}) {
    CAPTURE(part);
    CHECK_FALSE(with_part(part));
  }
}

TEST_CASE("digests are those of the standard") {
  fetch::Sha256 digest;
  digest.add("a");
  digest.add("bc");
  // FIPS 180-4's example "abc"
  CHECK(digest.hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  fetch::Sha256 same;
  same.add("abc");
  CHECK(same.base64() == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  CHECK(fetch::sha1("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST_SUITE_END();
