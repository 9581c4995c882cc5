#include "disk/line_reader.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <string>
#include <vector>

#include "loop/loop.hpp"
#include "support/temporary_directory.hpp"

TEST_SUITE_BEGIN("disk");

namespace {

coro::Task<> read_lines(disk::LineReader& reader, std::vector<disk::Line>& lines) {
  for (;;) {
    const base::Result<std::optional<disk::Line>> line = co_await reader.next(std::stop_token());
    if (!line || !*line) co_return;
    lines.push_back(**line);
  }
}

std::vector<disk::Line> lines_of(const std::string& content) {
  const TemporaryDirectory directory;
  directory.put("list", content);
  loop::Loop loop;
  disk::LineReader reader(
      loop, base::FileDescriptor(open(directory.at("list").c_str(), O_RDONLY | O_CLOEXEC)));
  std::vector<disk::Line> lines;
  loop.run(read_lines(reader, lines));
  return lines;
}

std::vector<std::string> texts_of(const std::string& content) {
  std::vector<std::string> texts;
  for (const disk::Line& line : lines_of(content)) texts.push_back(line.text);
  return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("lines end at LF, the last one with or without") {
  CHECK(texts_of("a\nb\n") == Texts{"a", "b"});
  CHECK(texts_of("a\nb") == Texts{"a", "b"});
  CHECK(texts_of("\n\n") == Texts{"", ""});
  CHECK(texts_of("") == Texts{});
}

TEST_CASE("every physical line counts") {
  const std::vector<disk::Line> lines = lines_of("a\n\n\nb");
  REQUIRE(lines.size() == 4);
  CHECK(lines[3].number == 4);
}

TEST_CASE("NUL bytes are kept") {
  CHECK(texts_of(std::string("a\0b\n", 4)) == Texts{std::string("a\0b", 3)});
}

TEST_CASE("lines that cross the reader's buffer are whole") {
  Texts expected;
  std::string content;
  for (int i = 0; i < 5000; ++i) {
    expected.push_back(std::string(static_cast<std::size_t>(i % 97), 'x') + std::to_string(i));
    content += expected.back() + "\n";
  }
  CHECK(texts_of(content) == expected);
}

TEST_CASE("a line that is too long is cut and said to be, and the next one is right") {
  const std::size_t longest = disk::LineReader::longest;
  const std::vector<disk::Line> lines =
      lines_of(std::string(10'000'000, 'x') + "\n" + std::string(longest, 'y') + "\nz");
  REQUIRE(lines.size() == 3);
  CHECK(lines[0].is_too_long);
  CHECK(lines[0].text.size() == longest);
  CHECK_FALSE(lines[1].is_too_long);
  CHECK(lines[1].text.size() == longest);
  CHECK(lines[2].text == "z");
  CHECK(lines[2].number == 3);
}

TEST_SUITE_END();
