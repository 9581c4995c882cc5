#include "fetch/body_check.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>

TEST_SUITE_BEGIN("fetch");

using fetch::Verdict;

namespace {

http::Head head(int status, std::optional<std::string> location = std::nullopt) {
  http::Head head;
  head.status = status;
  head.location = std::move(location);
  return head;
}

/// An answer with the last 100 of 500 bytes.
http::Head rest(const std::string& range = "bytes 400-499/500") {
  http::Head rest = head(206);
  rest.content_range = range;
  rest.length = 100;
  rest.etag = "\"one\"";
  return rest;
}

fetch::Asked for_the_rest() {
  fetch::Asked asked;
  asked.from = 400;
  asked.etag = "\"one\"";
  return asked;
}

}  // namespace

TEST_CASE("a response is saved, followed or refused by its status") {
  CHECK(fetch::judge(head(200), {}) == Verdict::save);
  CHECK(fetch::judge(head(204), {}) == Verdict::save);
  for (const int status : {301, 302, 303, 307, 308}) {
    CAPTURE(status);
    CHECK(fetch::judge(head(status, "/x"), {}) == Verdict::follow);
    CHECK(fetch::judge(head(status), {}) == Verdict::refuse);
    CHECK(fetch::judge(head(status, ""), {}) == Verdict::refuse);
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
    CHECK(fetch::judge(head(row.status), {}) == Verdict::refuse);
    CHECK(fetch::failure_of(head(row.status)).kind() == row.kind);
  }
}

TEST_CASE("a version that is there is kept when that was the question") {
  fetch::Asked asked;
  asked.is_conditional = true;
  CHECK(fetch::judge(head(304), asked) == Verdict::keep);
  CHECK(fetch::judge(head(200), asked) == Verdict::save);
}

TEST_CASE("the rest of a body is put to its beginning only when it is just that") {
  CHECK(fetch::judge(rest(), for_the_rest()) == Verdict::append);
  CHECK(fetch::judge(rest(), {}) == Verdict::refuse);
  CHECK(fetch::judge(head(200), for_the_rest()) == Verdict::save);
  CHECK(fetch::judge(head(416), for_the_rest()) == Verdict::restart);
  CHECK(fetch::judge(head(404), for_the_rest()) == Verdict::refuse);

  http::Head without_etag = rest();
  without_etag.etag.clear();
  CHECK(fetch::judge(without_etag, for_the_rest()) == Verdict::append);

  for (const char* range : {"", "bytes 390-499/500", "bytes 401-499/500", "bytes 400-498/500",
                            "bytes 400-499/*", "bytes */500", "pages 400-499/500"}) {
    CAPTURE(range);
    CHECK(fetch::judge(rest(range), for_the_rest()) == Verdict::restart);
  }
  http::Head of_another_version = rest();
  of_another_version.etag = "\"two\"";
  CHECK(fetch::judge(of_another_version, for_the_rest()) == Verdict::restart);
  for (const std::optional<base::Bytes> length : {std::optional<base::Bytes>(), {99}, {101}}) {
    http::Head of_another_length = rest();
    of_another_length.length = length;
    CHECK(fetch::judge(of_another_length, for_the_rest()) == Verdict::restart);
  }
}

TEST_SUITE_END();
