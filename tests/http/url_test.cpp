#include "http/url.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_SUITE_BEGIN("http");

namespace {

http::Url parse(const std::string& text) {
  base::Result<http::Url> url = http::Url::parse(text);
  REQUIRE(url);
  return *url;
}

}  // namespace

TEST_CASE("what is no URL is refused by its kind") {
  struct Row {
    std::string text;
    base::Kind kind;
  };
  for (const Row& row : std::vector<Row>{
           {"notaurl", base::Kind::bad_url},
           {"", base::Kind::bad_url},
           {":::", base::Kind::bad_url},
           {"http://", base::Kind::bad_url},
           {"http:///x", base::Kind::bad_url},
           {"http://h:0/", base::Kind::bad_url},
           {"http://h:99999/", base::Kind::bad_url},
           {"http://[::1/x", base::Kind::bad_url},
           {"127.0.0.1:80/x", base::Kind::bad_url},
           {"//host/x", base::Kind::bad_url},
           {"http://h/\x01", base::Kind::bad_url},
           {"http://u%0d%0aX:1@h/", base::Kind::bad_url},
           {std::string("http://h/\0x", 11), base::Kind::bad_url},
           {"ftp://x/", base::Kind::scheme},
           {"file:///etc/hostname", base::Kind::scheme},
           {"gopher://x/", base::Kind::scheme},
       }) {
    CAPTURE(row.text);
    const base::Result<http::Url> url = http::Url::parse(row.text);
    REQUIRE_FALSE(url);
    CHECK(base::name(url.error().kind()) == base::name(row.kind));
  }
}

TEST_CASE("a URL is shown without user, password and fragment") {
  const http::Url url = parse("http://user:secret@Example.com:8080/a?b#c");
  CHECK(url.shown() == "http://Example.com:8080/a?b");
  CHECK(url.text() == "http://user:secret@Example.com:8080/a?b");
  CHECK(url.host() == "example.com");
}

TEST_CASE("blanks and bytes beyond ASCII are encoded") {
  CHECK(parse("http://h/a b/\xC3\xBC").path() == "/a%20b/%c3%bc");
}

TEST_CASE("scheme, host and port make the origin") {
  CHECK(parse("http://h/a").origin() == parse("HTTP://H:80/b").origin());
  CHECK(parse("http://h/").origin() != parse("https://h/").origin());
  CHECK(parse("http://h/").origin() != parse("http://h:81/").origin());
  CHECK(parse("http://h/").origin() != parse("http://g/").origin());
}

TEST_CASE("a redirect's target is found from where it came") {
  const http::Url from = parse("http://u:p@h:81/a/b?c");
  CHECK(from.resolve("d")->shown() == "http://h:81/a/d");
  CHECK(from.resolve("/e")->shown() == "http://h:81/e");
  CHECK(from.resolve("?x")->shown() == "http://h:81/a/b?x");
  CHECK(from.resolve("../../g")->shown() == "http://h:81/g");
  CHECK(from.resolve("//other/y")->text() == "http://other/y");
  CHECK(from.resolve("https://other/y")->text() == "https://other/y");
  CHECK_FALSE(from.resolve("file:///etc/passwd"));
}

TEST_SUITE_END();
