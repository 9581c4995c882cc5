#include "fetch/list_length.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "support/temporary_directory.hpp"

TEST_SUITE_BEGIN("fetch");

namespace {

std::optional<std::uint64_t> length_of(std::vector<fetch::Source> sources) {
  loop::Loop loop;
  fetch::ListLength length(sources);
  CHECK_FALSE(length.lines());
  loop.run(length.count(loop, std::stop_token()));
  return length.lines();
}

std::vector<fetch::Source> sources_of(const std::vector<std::string>& names) {
  return std::move(*fetch::open_sources(names));
}

}  // namespace

TEST_CASE("a list is as long as it has lines that ask for something") {
  const TemporaryDirectory directory;
  const std::string list = directory.at("list");
  for (const auto& [content, lines] : std::vector<std::pair<std::string, std::uint64_t>>{
           {"", 0},
           {"\n", 0},
           {"a", 1},
           {"a\n", 1},
           {"a\r\n\r\n # b\n\tc \n", 2},
           {"#" + std::string(70'000, 'x') + "\n", 1},  // it is reported as too long
           {std::string(1'000'000, '\n') + "a", 1},
       }) {
    directory.put("list", content);
    CHECK(length_of(sources_of({list})) == lines);
  }
}

TEST_CASE("the length of several lists is that of all, from where each is read") {
  const TemporaryDirectory directory;
  directory.put("list", "a\nb\nc\n");
  const std::string list = directory.at("list");
  std::vector<fetch::Source> sources = sources_of({list, "http://h/a", list});
  REQUIRE(lseek(sources[0].list.number(), 2, SEEK_SET) == 2);
  CHECK(length_of(std::move(sources)) == 6);
}

TEST_CASE("nobody knows the length of a list that is a pipe") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const base::FileDescriptor writing(ends[1]);
  fetch::Source source;
  source.list = base::FileDescriptor(ends[0]);
  std::vector<fetch::Source> sources;
  sources.push_back(std::move(source));
  CHECK_FALSE(length_of(std::move(sources)));
}

TEST_SUITE_END();
