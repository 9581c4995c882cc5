#include "fetch/media_type.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

TEST_SUITE_BEGIN("fetch");

using namespace std::string_view_literals;

namespace {

constexpr std::string_view png = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR"sv;
constexpr std::string_view html = "\n <!DOCTYPE html><title>no</title><svg></svg>"sv;
constexpr std::string_view zip = "PK\x03\x04more"sv;

fetch::MediaTypes types(std::string_view text) {
  const auto parsed = fetch::MediaTypes::parse(text);
  REQUIRE(parsed);
  return *parsed;
}

}  // namespace

TEST_CASE("media types are given with commas between them, in either case") {
  const fetch::MediaTypes some = types("image/*, Text/HTML");
  CHECK(some.text() == "image/*, text/html");
  CHECK(some.have("image/png"));
  CHECK(some.have("text/html"));
  CHECK_FALSE(some.have("text/plain"));
  CHECK_FALSE(some.have("imagery/png"));
  CHECK_FALSE(some.have(""));
  CHECK(types("*/*").have("text/plain"));
  CHECK(types("").have("text/plain"));
  CHECK(types("").are_all());
  for (const char* wrong : {"image", "*", "*/png", "image/", "/png", "image/png;q=1", "a/b,,c/d",
                            "a/b/c", "image/p*", "a b/c", "image/png\r\nX: y"}) {
    CAPTURE(wrong);
    CHECK_FALSE(fetch::MediaTypes::parse(wrong));
  }
}

TEST_CASE("the first bytes tell the type") {
  struct Row {
    std::string_view bytes;
    std::string_view type;
  };
  for (const Row row : {Row{png, "image/png"},
                        Row{"\xff\xd8\xff\xe0", "image/jpeg"},
                        Row{"GIF87a..", "image/gif"},
                        Row{"GIF89a..", "image/gif"},
                        Row{"RIFF\x10\x20\x30\x40WEBPVP8 ", "image/webp"},
                        Row{"RIFF\x10\x20\x30\x40WAVEfmt ", ""},
                        Row{"\0\0\0\x20"
                            "ftypavif"sv,
                            "image/avif"},
                        Row{"\0\0\0\x20"
                            "ftypheic"sv,
                            "image/heic"},
                        Row{"\0\0\0\x20"
                            "ftypisom"sv,
                            "video/mp4"},
                        Row{"\xff\x0a", "image/jxl"},
                        Row{"II*\0"sv, "image/tiff"},
                        Row{"\x1a\x45\xdf\xa3", "video/webm"},
                        Row{"%PDF-1.7", "application/pdf"},
                        Row{zip, "application/zip"},
                        Row{"\x1f\x8b\x08\0"sv, "application/gzip"},
                        Row{html, "text/html"},
                        Row{"\xEF\xBB\xBF<HTML>", "text/html"},
                        Row{"<?xml version='1.0'?><!-- <html> --><svg>", "text/html"},
                        Row{"<?xml version='1.0'?><!-- a --><svg><html>", "image/svg+xml"},
                        Row{"<svg xmlns=", "image/svg+xml"},
                        Row{"<?xml version='1.0'?><rss>", ""},
                        Row{"\x89PNG", ""},
                        Row{"a text with <html> in it", ""},
                        Row{"", ""}}) {
    CAPTURE(row.bytes);
    CHECK(fetch::type_of_bytes(row.bytes) == row.type);
  }
  CHECK(fetch::type_of_bytes("<?xml?>" + std::string(600, ' ') + "<svg>") == "");
}

TEST_CASE("the head alone decides against a body when it says what it is") {
  const fetch::MediaTypes images = types("image/*");
  CHECK(fetch::check_stated_type(images, "image/png"));
  CHECK(fetch::check_stated_type(images, ""));
  CHECK(fetch::check_stated_type(images, "application/octet-stream"));
  CHECK(fetch::check_stated_type(images, "binary/octet-stream"));
  CHECK(fetch::check_stated_type(types(""), "text/html"));
  const auto refused = fetch::check_stated_type(images, "text/html\x1b[2J");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().kind() == base::Kind::not_wanted);
  CHECK(refused.error().words() == "its type is text/html\\x1b[2J, and not image/*");
}

TEST_CASE("the first bytes decide with the head, and without it alone") {
  struct Row {
    const char* wanted;
    const char* stated;
    std::string_view bytes;
    bool is_wanted;
  };
  for (const Row row : {
           Row{"", "text/html", png, true},
           Row{"image/*", "image/png", png, true},
           Row{"image/*", "image/jpeg", png, true},
           Row{"image/*", "image/png", html, false},
           Row{"image/jpeg", "image/jpeg", png, false},
           Row{"image/*", "image/png", "nobody knows", true},
           Row{"image/*", "image/png", "", true},
           Row{"image/*", "", png, true},
           Row{"image/*", "", html, false},
           Row{"image/*", "", "nobody knows", false},
           Row{"image/*", "", "", false},
           Row{"image/*", "application/octet-stream", png, true},
           Row{"image/*", "application/octet-stream", zip, false},
           Row{"*/*", "", "nobody knows", false},
           Row{"*/*", "text/plain", png, true},
           Row{"application/octet-stream", "application/octet-stream", "nobody knows", true},
           // One type is often written in another.
           Row{"application/epub+zip", "application/epub+zip", zip, true},
           Row{"text/*", "text/plain", zip, false},
           Row{"application/xhtml+xml", "application/xhtml+xml", html, true},
           Row{"image/apng", "image/apng", png, true},
           Row{"audio/*", "audio/mp4",
               "\0\0\0\x20"
               "ftypM4A "sv,
               true},
       }) {
    CAPTURE(row.wanted);
    CAPTURE(row.stated);
    CAPTURE(row.bytes);
    const auto checked = fetch::check_first_bytes(types(row.wanted), row.stated, row.bytes);
    CHECK(static_cast<bool>(checked) == row.is_wanted);
    if (!checked) CHECK(checked.error().kind() == base::Kind::not_wanted);
  }
}

TEST_SUITE_END();
