#include "fetch/list_line.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>
#include <vector>

TEST_SUITE_BEGIN("fetch");

namespace {

std::optional<fetch::Entry> parse(const std::string& text, std::uint64_t number = 1) {
  disk::Line line;
  line.number = number;
  line.text = text;
  return fetch::parse_line(line, "");
}

fetch::Job job(const std::string& text, std::uint64_t number = 1) {
  const std::optional<fetch::Entry> entry = parse(text, number);
  REQUIRE(entry);
  REQUIRE(std::holds_alternative<fetch::Job>(*entry));
  return std::get<fetch::Job>(*entry);
}

fetch::BadLine bad_line(const std::string& text) {
  const std::optional<fetch::Entry> entry = parse(text);
  REQUIRE(entry);
  REQUIRE(std::holds_alternative<fetch::BadLine>(*entry));
  return std::get<fetch::BadLine>(*entry);
}

}  // namespace

TEST_CASE("blank lines and comments ask for nothing") {
  for (const char* text : {"", "   ", "\r", "\t\r", "# a comment", "  # another"}) {
    CAPTURE(text);
    CHECK_FALSE(parse(text));
  }
}

TEST_CASE("a BOM before the first line, CR and blanks around a URL are forgiven") {
  CHECK(job("\xEF\xBB\xBFhttp://h/a\r").url.shown() == "http://h/a");
  CHECK(job(" \thttp://h/a \t").url.shown() == "http://h/a");
  const std::optional<fetch::Entry> later = parse("\xEF\xBB\xBFhttp://h/a", 2);
  CHECK(std::holds_alternative<fetch::BadLine>(*later));
}

TEST_CASE("a JSON line says what it wants, and keeps what is not ours") {
  const fetch::Job got =
      job(R"({"url":"http://h/a","out":"b.jpg","headers":{"X-Key":"v"},)"
          R"("sha256":"E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",)"
          R"("label":"cat","size":[1,2]})");
  CHECK(got.url.shown() == "http://h/a");
  CHECK(got.out == "b.jpg");
  CHECK(got.headers == std::vector<std::string>{"X-Key: v"});
  CHECK(got.sha256.starts_with("e3b0c442"));
  CHECK(got.origin.input == R"({"label":"cat","size":[1,2]})");
}

TEST_CASE("a JSON line that is wrong is a bad line that says why") {
  const std::string deep =
      R"({"url":"http://h/a","x":)" + std::string(30'000, '[') + std::string(30'000, ']') + "}";
  for (const std::string& text : std::vector<std::string>{
           "{",
           "{}",
           R"({"url":1})",
           R"({"url":"notaurl"})",
           R"({"url":"http://h/a","out":"../b"})",
           R"({"url":"http://h/a","out":".."})",
           R"({"url":"http://h/a","out":"/b"})",
           R"({"url":"http://h/a","out":"b/../c"})",
           R"({"url":"http://h/a","out":"b//c"})",
           R"({"url":"http://h/a","out":"b/"})",
           R"({"url":"http://h/a","out":7})",
           R"({"url":"http://h/a","sha256":"abc"})",
           R"({"url":"http://h/a","headers":["X: y"]})",
           R"({"url":"http://h/a","headers":{"X":"a\r\nEvil: b"}})",
           R"({"url":"http://h/a","headers":{"X: y":"b"}})",
           R"({"url":"http://h/a"} trailing)",
           deep,
           std::string("{\"url\":\"http://h/a\"}\0x", 23),
       }) {
    CAPTURE(text);
    const fetch::BadLine bad = bad_line(text);
    CHECK(bad.failure.kind() == base::Kind::bad_url);
    CHECK_FALSE(bad.failure.words().empty());
  }
}

TEST_CASE("a bad line is shown in a readable length and without a password") {
  CHECK(bad_line("ftp://user:secret@h/a").text == "ftp://h/a");
  CHECK(bad_line("http://user:secret@h:99999/a").text == "http://h:99999/a");
  CHECK(bad_line("http://user:s/e?c@h:99999/a").text == "http://h:99999/a");
  CHECK(bad_line("http:/user:secret@h/a").text == "h/a");
  const char* const wrong = R"({"url":"http://h/a","headers":{"Authorization":"secret"})";
  CHECK(bad_line(wrong).text.find("secret") == std::string::npos);
  CHECK(bad_line(std::string(1000, 'x')).text.size() < 300);
}

TEST_CASE("a line that is too long is a bad line") {
  disk::Line line;
  line.number = 3;
  line.text = "http://h/" + std::string(1000, 'x');
  line.is_too_long = true;
  const std::optional<fetch::Entry> entry = fetch::parse_line(line, "list");
  REQUIRE(entry);
  const auto& bad = std::get<fetch::BadLine>(*entry);
  CHECK(bad.origin.n == 3);
  CHECK(bad.origin.list == "list");
}

TEST_SUITE_END();
