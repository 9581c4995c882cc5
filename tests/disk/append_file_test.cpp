#include "disk/append_file.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "coro/nursery.hpp"
#include "loop/clock.hpp"
#include "loop/loop.hpp"
#include "support/temporary_directory.hpp"

TEST_SUITE_BEGIN("disk");

namespace {

coro::Task<> append(disk::AppendFile& file, std::string line, int& failures) {
  const base::Result<void> appended = co_await file.append(line);
  if (!appended) ++failures;
}

coro::Task<> append_many(coro::Nursery& nursery, disk::AppendFile& file, int lines, int& failures) {
  for (int i = 0; i < lines; ++i) nursery.spawn(append(file, std::to_string(i) + "\n", failures));
  co_return;
}

int append_at_once(const std::string& path, int lines, bool is_durable = false) {
  loop::Loop loop;
  loop::LoopClock clock(loop);
  disk::AppendFile file(loop, base::FileDescriptor(open(path.c_str(), O_WRONLY | O_APPEND)), path);
  if (is_durable) file.sync_in_groups(clock, base::Duration::zero());
  int failures = 0;
  loop.run(
      coro::with_nursery(loop.ready(), {}, append_many, std::ref(file), lines, std::ref(failures)));
  return failures;
}

}  // namespace

TEST_CASE("lines that are appended at once come in order and whole") {
  const TemporaryDirectory directory;
  directory.put("log", "before\n");
  CHECK(append_at_once(directory.at("log"), 1000) == 0);
  std::string expected = "before\n";
  for (int i = 0; i < 1000; ++i) expected += std::to_string(i) + "\n";
  CHECK(directory.get("log") == expected);
}

TEST_CASE("when the disk is full, everyone who appends is told") {
  CHECK(append_at_once("/dev/full", 10) == 10);
}

TEST_CASE(
    "when what was appended cannot be made durable, everyone is told, and no more is written") {
  int ends[2] = {};
  REQUIRE(pipe2(ends, O_CLOEXEC) == 0);  // a pipe takes bytes, but fdatasync() refuses it
  const base::FileDescriptor reader(ends[0]);
  loop::Loop loop;
  loop::LoopClock clock(loop);
  disk::AppendFile file(loop, base::FileDescriptor(ends[1]), "pipe");
  file.sync_in_groups(clock, base::Duration::zero());
  int failures = 0;
  loop.run(append(file, "first\n", failures));
  loop.run(append(file, "second\n", failures));
  CHECK(failures == 2);
  char bytes[100] = {};
  REQUIRE(read(reader.number(), bytes, sizeof bytes) > 0);
  CHECK(std::string(bytes) == "first\n");
}

TEST_CASE("what is appended in groups that are made durable comes in order and whole") {
  const TemporaryDirectory directory;
  directory.put("log", "");
  CHECK(append_at_once(directory.at("log"), 1000, /*is_durable=*/true) == 0);
  CHECK(directory.get("log").size() == 10 * 2 + 90 * 3 + 900 * 4);
}

TEST_CASE("a torn last line is cut when a log is opened, at whatever byte it was torn") {
  const std::string whole = "{\"n\":1}\n{\"n\":2}\n";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    CAPTURE(size);
    const TemporaryDirectory directory;
    directory.put("log", whole.substr(0, size));
    REQUIRE(disk::open_log(directory.at("log")));
    CHECK(directory.get("log") == whole.substr(0, size / 8 * 8));
  }
}

TEST_CASE("a torn line may be longer than what is looked at in one step") {
  const TemporaryDirectory directory;
  directory.put("log", "whole\n{\"n\":" + std::string(100'000, '1'));
  REQUIRE(disk::open_log(directory.at("log")));
  CHECK(directory.get("log") == "whole\n");
}

TEST_CASE("a file that is no log of ours is refused and left as it is") {
  const TemporaryDirectory directory;
  for (const std::string text : {"precious text", "{\"url\":\"http://h/a\"}"}) {
    CAPTURE(text);
    directory.put("notes.txt", text);
    CHECK_FALSE(disk::open_log(directory.at("notes.txt")));
    CHECK(directory.get("notes.txt") == text);
  }
  std::filesystem::create_symlink("notes.txt", directory.at("log"));
  CHECK_FALSE(disk::open_log(directory.at("log")));
}

TEST_CASE("a log that another one writes is refused") {
  const TemporaryDirectory directory;
  const auto first = disk::open_log(directory.at("log"));
  REQUIRE(first);
  const auto second = disk::open_log(directory.at("log"));
  REQUIRE_FALSE(second);
  CHECK(second.error().code() == EWOULDBLOCK);
}

TEST_CASE("a log that is no file is refused and not waited for") {
  const TemporaryDirectory directory;
  SUBCASE("pipe") {
    REQUIRE(mkfifo(directory.at("log").c_str(), 0600) == 0);
  }
  SUBCASE("directory") {
    std::filesystem::create_directory(directory.at("log"));
  }
  CHECK_FALSE(disk::open_log(directory.at("log")));
}

TEST_SUITE_END();
