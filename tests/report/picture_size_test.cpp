#include "report/picture_size.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_SUITE_BEGIN("report");

using namespace std::string_literals;
using report::PictureSize;

namespace {

struct Row {
  const char* what;
  std::string bytes;
  PictureSize size;
};

const std::string png = "\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\1\x40\0\0\0\xF0"s;
const std::string gif = "GIF89a\x40\1\xF0\0"s;
const std::string start_of_image = "\xFF\xD8"s;
const std::string app0 = "\xFF\xE0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"s;
const std::string frame = "\xFF\xC0\0\x11\x08\0\xF0\1\x40"s;

std::string webp(const std::string& chunk) {
  return "RIFF\x24\0\0\0WEBP"s + chunk;
}

/// Each as short as it can be.
const std::vector<Row> pictures = {
    {"PNG", png, {320, 240}},
    {"GIF", gif, {320, 240}},
    {"an older GIF", "GIF87a\1\0\2\0"s, {1, 2}},
    {"JPEG", start_of_image + app0 + frame, {320, 240}},
    {"a progressive JPEG", start_of_image + "\xFF\xC2\0\x11\x08\0\2\0\1"s, {1, 2}},
    {"fill bytes, and a marker that stands alone",
     start_of_image + "\xFF\xFF\xFF\x01"s + frame,
     {320, 240}},
    {"Huffman tables are no frame", start_of_image + "\xFF\xC4\0\4\xAA\xBB"s + frame, {320, 240}},
    {"lossy WebP", webp("VP8 \0\0\0\0\0\0\0\x9D\x01\x2A\x40\1\xF0\0"s), {320, 240}},
    {"lossy WebP that asks to be scaled",
     webp("VP8 \0\0\0\0\0\0\0\x9D\x01\x2A\x40\x41\xF0\x80"s),
     {320, 240}},
    {"lossless WebP", webp("VP8L\0\0\0\0\x2F\x3F\xC1\x3B\0"s), {320, 240}},
    {"extended WebP", webp("VP8X\0\0\0\0\0\0\0\0\x3F\1\0\xEF\0\0"s), {320, 240}},
};

}  // namespace

TEST_CASE("the size of a picture is read from its header") {
  for (const Row& row : pictures) {
    CAPTURE(row.what);
    CHECK(report::picture_size(row.bytes) == row.size);
    CHECK(report::picture_size(row.bytes + std::string(100, '\xFF')) == row.size);
  }
}

TEST_CASE("a header that is cut anywhere has no size") {
  for (const Row& row : pictures) {
    CAPTURE(row.what);
    for (std::size_t length = 0; length < row.bytes.size(); ++length) {
      CAPTURE(length);
      CHECK_FALSE(report::picture_size(row.bytes.substr(0, length)));
    }
  }
}

TEST_CASE("what is no picture, or cannot be one, has no size") {
  for (const std::string& bytes : {
           "<svg width='1' height='1'/>"s,
           "BM0123456789012345678901234567890"s,
           "\x89PNG\r\n\x1A\n\0\0\0\x0DIDAT\0\0\1\x40\0\0\0\xF0"s,
           "\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\0\0\0\0\xF0"s,
           "\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\xFF\xFF\xFF\xFF\0\0\0\xF0"s,
           "GIF89a\0\0\0\0"s,
           start_of_image + "\xFF\xE0\0\1"s + frame,      // a segment shorter than itself
           start_of_image + "\xFF\xE0\xFF\xFF"s + frame,  // one that ends past the end
           start_of_image + "\xFF\xDA\0\2"s + frame,      // the pixels begin
           start_of_image + "\xFF\xD9"s + frame,          // the end
           start_of_image + "no marker"s + frame,
           start_of_image + std::string(100'000, '\xFF'),
           webp("VP8L\0\0\0\0\x2E\x3F\xC1\x3B\0"s),
           webp("VP8 \0\0\0\0\0\0\0\x9D\x01\x2B\x40\1\xF0\0"s),
           webp("ALPH"s + std::string(100, '\1')),
       }) {
    CAPTURE(bytes.substr(0, 40));
    CHECK_FALSE(report::picture_size(bytes));
  }
}

TEST_SUITE_END();
