#include "report/log_page.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "fetch/digest.hpp"
#include "report/log_text.hpp"

TEST_SUITE_BEGIN("report");

using namespace std::chrono_literals;
using namespace std::string_literals;
using fetch::Status;

namespace {

fetch::Record saved(const std::string& url, const std::string& file) {
  fetch::Record record;
  record.origin.n = 1;
  record.url = url;
  record.status = Status::saved;
  record.file = file;
  record.bytes = 2000;
  record.type = "image/png";
  record.at = std::chrono::system_clock::from_time_t(1'700'000'000);
  record.first_byte = 1ms;
  record.total = 2ms;
  return record;
}

fetch::Record failed(const std::string& url, const std::string& words) {
  fetch::Record record;
  record.origin.n = 2;
  record.url = url;
  record.status = Status::failed;
  record.kind = "http_status";
  record.error = words;
  return record;
}

report::LogReview review_of(const std::vector<fetch::Record>& records) {
  report::LogReview review;
  for (const fetch::Record& record : records) review.add(record);
  return review;
}

std::string page_of(const std::vector<fetch::Record>& records) {
  return report::page_of(review_of(records), {"out/fetcher.jsonl", ""});
}

int count_of(const std::string& text, const std::string& what) {
  int count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++count;
  return count;
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin);
  REQUIRE(from != std::string::npos);
  const std::size_t to = text.find(end, from + begin.size());
  return text.substr(from + begin.size(), to - from - begin.size());
}

nlohmann::json data_of(const std::string& page) {
  return nlohmann::json::parse(between(page, R"(<script type="application/json" id="data">)", "<"));
}

std::string hash_of(const std::string& text) {
  fetch::Sha256 digest;
  digest.add(text);
  return "'sha256-" + digest.base64() + "'";
}

const std::vector<std::string> hostile = {
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><b>'&amp;",
    "javascript:alert(1)",
    "{{script}}",
    "<!-- ",
    "\xFF\xC3(",
    "a\x1b[31m\x7f\xC2\x85" + "b\0c"s,
    "photo\xE2\x80\xAEgpj.exe",
};

}  // namespace

TEST_CASE("what a list, a server or a disk has said is text in a page") {
  for (const std::string& said : hostile) {
    CAPTURE(said);
    fetch::Record of_a_list = failed(said, said);
    of_a_list.origin.list = said;
    of_a_list.kind = said;
    std::vector<fetch::Record> records = {of_a_list, failed("http://h/" + said, said)};
    records.push_back(saved("http://h/" + said, said));
    const std::string page = report::page_of(review_of(records), {said, said});
    CHECK(count_of(page, "<script") == 2);
    CHECK(count_of(page, "</script") == 2);
    CHECK(count_of(page, "<img") == 0);
    CHECK(count_of(page, "<!--") == 0);
    CHECK(count_of(page, "<b>") == 0);
    const nlohmann::json data = data_of(page);
    REQUIRE(data["failures"].size() == 2);
    const auto words = data["failures"][0]["lines"][0][2].get<std::string>();
    for (const std::string& deceiving :
         {"\0"s, "\x1b"s, "\x7f"s, "\xC2\x85"s, "\xE2\x80\xAE"s, "\xFF"s}) {
      CHECK(count_of(page, deceiving) == 0);
      CHECK(count_of(words, deceiving) == 0);
    }
    CHECK(data["pictures"]["files"][0][1].get<std::string>().starts_with("./"));
  }
}

TEST_CASE("the data of a page is what the review says") {
  const nlohmann::json data =
      data_of(page_of({saved("http://h:81/a.png", "a b.png"), failed("http://h/b", "HTTP <404>")}));
  CHECK(data["lines"] == 2);
  CHECK(data["saved"] == 1);
  CHECK(data["bytes"] == 2000);
  CHECK(data["to"] == 1'700'000'000'000);
  CHECK(data["seconds"] == 0.002);
  CHECK(data["total"]["p50"] == 0.002);
  CHECK(data["hosts"][0] == nlohmann::json({"h", 0, 1, 0, 0, nullptr, nullptr}));
  CHECK(data["hosts"][1] == nlohmann::json({"h:81", 1, 0, 0, 2000, 0.001, 0.002}));
  CHECK(data["failures"][0]["lines"][0] == nlohmann::json({2, "http://h/b", "HTTP <404>"}));
  CHECK(data["pictures"]["files"][0] == nlohmann::json({"a b.png", "./a%20b.png", 2000, 0, 0}));
}

TEST_CASE("an empty log makes a page") {
  const nlohmann::json data = data_of(page_of({}));
  CHECK(data["lines"] == 0);
  CHECK(data["from"] == nullptr);
  CHECK(data["total"] == nullptr);
  CHECK(data["hosts"].empty());
}

TEST_CASE("a page allows its own script and style and nothing else") {
  const std::string page = page_of({});
  const std::string policy = between(page, R"(Content-Security-Policy" content=")", "\"");
  CHECK(policy.find("default-src 'none';") == 0);
  CHECK(policy.find("script-src " + hash_of(between(page, "<script>", "</script>")) + ";") !=
        std::string::npos);
  CHECK(policy.find("style-src " + hash_of(between(page, "<style>", "</style>")) + ";") !=
        std::string::npos);
  CHECK(policy.find("unsafe") == std::string::npos);
  CHECK(policy.find("http") == std::string::npos);
}

TEST_CASE("a page is known by how it begins") {
  const std::string page = page_of({});
  CHECK(report::begins_a_page(page.substr(0, report::page_beginning)));
  CHECK_FALSE(report::begins_a_page(page.substr(0, 100)));
  CHECK_FALSE(report::begins_a_page("<!doctype html>\n<html lang=\"en\">\n<head>\n<title>mine"));
  CHECK_FALSE(report::begins_a_page(""));
}

TEST_CASE("a path is a relative URL, whatever it is called") {
  for (const auto& [path, url] : std::vector<std::pair<std::string, std::string>>{
           {"a.png", "./a.png"},
           {"../out/a b.png", "./../out/a%20b.png"},
           {"javascript:alert(1)", "./javascript%3Aalert%281%29"},
           {"//elsewhere/x", ".///elsewhere/x"},
           {"50%?#&\"'<>\\.png", "./50%25%3F%23%26%22%27%3C%3E%5C.png"},
           {"\xC3\xA4\xFF\n", "./%C3%A4%FF%0A"},
       }) {
    CHECK(report::relative_url(path) == url);
  }
}

TEST_CASE("the same is said in words") {
  const std::string text =
      report::text_of(review_of({saved("http://h/a", "a.png"), failed("http://h/b", "HTTP 404")}),
                      "out/fetcher.jsonl", 0);
  CHECK(text.starts_with("out/fetcher.jsonl: 2 lines\n"));
  CHECK(text.find("1 saved, 1 failed, 0 there before\n") != std::string::npos);
  CHECK(text.find("2.00 kB in 2.00 ms (1 session): 500.0 files/s, 1.00 MB/s\n") !=
        std::string::npos);
  CHECK(text.find("1  http_status\n") != std::string::npos);
  CHECK(text.find("line 2: http://h/b: HTTP 404\n") != std::string::npos);
  CHECK(text.find("1 picture\n") != std::string::npos);
}

TEST_CASE("words are cut where a terminal ends, between characters, and obey nobody") {
  std::vector<fetch::Record> records;
  for (const std::string& said : hostile) records.push_back(failed("http://h/" + said, said));
  records.push_back(failed(std::string(50, 'x'), "\xE6\x96\x87\xE6\x96\x87\xE6\x96\x87"));
  for (const std::size_t width : {10U, 20U, 40U, 81U}) {
    const std::string text = report::text_of(review_of(records), "log", width);
    std::size_t begin = 0;
    for (std::size_t end = text.find('\n'); end != std::string::npos;
         end = text.find('\n', begin)) {
      CHECK(end - begin <= width + 6);  // in bytes; three of them are a character of two columns
      begin = end + 1;
    }
    CHECK(begin == text.size());
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("...") != std::string::npos);
  }
}

TEST_SUITE_END();
