#include "http/head.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_SUITE_BEGIN("http");

namespace {

using Lines = std::vector<std::string>;

/// The kind of the first line that was refused, or nothing.
std::optional<base::Kind> refusal(const Lines& lines, http::HeadReader& reader) {
  for (const std::string& line : lines) {
    const base::Result<void> taken = reader.add_line(line + "\r\n");
    if (!taken) return taken.error().kind();
  }
  return std::nullopt;
}

http::Head read(const Lines& lines) {
  http::HeadReader reader;
  REQUIRE_FALSE(refusal(lines, reader));
  REQUIRE(reader.is_complete());
  return reader.head();
}

}  // namespace

TEST_CASE("a head says status, length, type and what identifies the body") {
  const http::Head head =
      read({"HTTP/1.1 200 OK", "Content-Length: 12", "Content-Type: Image/JPEG; q=1",
            "ETag: \"abc\"", "Last-Modified: Tue, 15 Nov 1994 12:45:26 GMT", ""});
  CHECK(head.status == 200);
  CHECK(head.version == "1.1");
  CHECK(head.length == 12);
  CHECK(head.type == "image/jpeg");
  CHECK(head.etag == "\"abc\"");
  CHECK(head.last_modified == "Tue, 15 Nov 1994 12:45:26 GMT");
}

TEST_CASE("interim answers are passed over and trailers are not taken for the head") {
  const http::Head head = read({"HTTP/1.1 103 Early Hints", "ETag: \"no\"", "", "HTTP/2 200 ",
                                "etag: \"yes\"", "", "Content-Length: 6foo"});
  CHECK(head.status == 200);
  CHECK(head.version == "2");
  CHECK(head.etag == "\"yes\"");
  CHECK_FALSE(head.length);
}

TEST_CASE("encodings of the content are told in their order") {
  CHECK(read({"HTTP/1.1 200 OK", "Content-Encoding: gzip", "Content-Encoding: br", ""})
            .content_encoding == "gzip, br");
}

TEST_CASE("the same length twice is one length") {
  CHECK(read({"HTTP/1.1 200 OK", "Content-Length: 5", "Content-Length: 5", ""}).length == 5);
  CHECK(read({"HTTP/1.1 200 OK", "Content-Length: 5, 5", ""}).length == 5);
}

TEST_CASE("a length does not count beside chunks, nor in an answer without a body") {
  const http::Head both =
      read({"HTTP/1.1 200 OK", "Content-Length: 5", "Transfer-Encoding: chunked", ""});
  CHECK_FALSE(both.length);
  CHECK(both.contradicts_itself);
  CHECK(read({"HTTP/1.1 204 No Content", "Content-Length: 5", ""}).contradicts_itself);
  CHECK_FALSE(read({"HTTP/1.1 204 No Content", "Content-Length: 0", ""}).contradicts_itself);
  CHECK_FALSE(read({"HTTP/1.1 304 Not Modified", "Content-Length: 5", ""}).contradicts_itself);
  CHECK_FALSE(read({"HTTP/1.1 200 OK", "Content-Length: 5", ""}).contradicts_itself);
  CHECK_FALSE(read({"HTTP/1.1 304 Not Modified", "Content-Length: 5", ""}).length);
}

TEST_CASE("a body of HTTP/1 that has neither length nor chunks ends with its connection") {
  CHECK(read({"HTTP/1.1 200 OK", ""}).ends_with_connection);
  CHECK(read({"HTTP/1.0 404 Not Found", ""}).ends_with_connection);
  CHECK_FALSE(read({"HTTP/1.1 200 OK", "Content-Length: 5", ""}).ends_with_connection);
  CHECK_FALSE(read({"HTTP/1.1 200 OK", "Transfer-Encoding: chunked", ""}).ends_with_connection);
  CHECK_FALSE(read({"HTTP/1.1 204 No Content", ""}).ends_with_connection);
  CHECK_FALSE(read({"HTTP/2 200", ""}).ends_with_connection);
}

TEST_CASE("what cannot be framed safely is refused") {
  for (const Lines& lines : std::vector<Lines>{
           {"HTTP/1.1 200 OK", "X: a\rContent-Length: 6"},
           {"HTTP/1.1 200 OK", std::string("X: a\0b", 6)},
           {"HTTP/1.1 200 OK", "Content-Length: 6foo"},
           {"HTTP/1.1 200 OK", "Content-Length: -5"},
           {"HTTP/1.1 200 OK", "Content-Length: +5"},
           {"HTTP/1.1 200 OK", "Content-Length:"},
           {"HTTP/1.1 200 OK", "Content-Length: 36893488147419103232"},
           {"HTTP/1.1 200 OK", "Content-Length: 5", "Content-Length: 6"},
           {"HTTP/1.1 200 OK", "Content-Length: 5, 6"},
           {"HTTP/1.1 200 OK", "Location: /a", "Location: /b"},
           {"HTTP/1.1 200 OK", "Transfer-Encoding: identity"},
           {"HTTP/1.1 200 OK", "Transfer-Encoding: gzip, chunked"},
           {"HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"},
           {"HTTP/1.1 200 OK", "Content-Encoding: gzip, gzip, gzip, gzip",
            "Content-Encoding: br, br"},
           {"HTTP/1.1 101 Switching Protocols", ""},
           {"HTTP/1.1 200 OK", "no colon"},
           {"HTTP/1.1 200 OK", "Name : value"},
           {"HTTP/1.1 200 OK", ": value"},
           {"HTTP/1.2 200 OK"},
           {"HTTP/1.1 1234567 OK"},
           {"HTTP/1.1 20 OK"},
           {"HTTP/1.1 600 OK"},
           {"HTTP/1.1 -20 OK"},
           {"HTTP/1.1"},
           {"<html>"},
       }) {
    CAPTURE(lines.back());
    http::HeadReader reader;
    CHECK(refusal(lines, reader) == base::Kind::protocol);
  }
}

TEST_CASE("a head without end is too large, and interim answers count") {
  http::HeadReader by_lines;
  Lines many = {"HTTP/1.1 200 OK"};
  many.insert(many.end(), 1000, "A: b");
  CHECK(refusal(many, by_lines) == base::Kind::too_large);

  http::HeadReader by_bytes;
  CHECK(refusal({"HTTP/1.1 200 OK", "A: " + std::string(300'000, 'b')}, by_bytes) ==
        base::Kind::too_large);

  http::HeadReader by_interim;
  Lines interim;
  for (int i = 0; i < 600; ++i) interim.insert(interim.end(), {"HTTP/1.1 100 Continue", ""});
  CHECK(refusal(interim, by_interim) == base::Kind::too_large);
}

TEST_SUITE_END();
