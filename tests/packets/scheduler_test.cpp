#include "packets/scheduler.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "packets/packet.hpp"
#include "packets/simulation.hpp"
#include "support/temporary_directory.hpp"

TEST_SUITE_BEGIN("packets");

namespace {

using Files = std::map<std::string, std::string>;
using Random = std::mt19937_64;

coro::Task<> feed(coro::Nursery& users, coro::ReadyQueue& ready, packets::Desk& desk,
                  std::vector<std::string> chunks) {
  packets::Scheduler scheduler(ready, users, desk);
  disk::LineSplitter splitter(packets::Scheduler::longest_line);
  for (const std::string& chunk : chunks) {
    std::string_view unread = chunk;
    while (const auto line = splitter.next(unread)) {
      if (scheduler.take(*line)) continue;
      std::string id(packets::parse_packet(line->text).id);
      co_await scheduler.wait_for_room(std::move(id));
    }
  }
  if (const auto last = splitter.rest()) scheduler.take(*last);
  scheduler.finish();
  co_await users.join();
}

/// A directory into which streams are sorted.
struct Post {
  TemporaryDirectory temporary;
  loop::Loop loop;
  disk::Directory directory = std::move(*disk::Directory::open_or_make(temporary.path().string()));
  std::vector<std::string> refusals;

  packets::Tally sort(std::vector<std::string> chunks, std::size_t most_open = 100) {
    disk::AppendFiles files(loop, directory, most_open);
    packets::Desk desk(loop.ready(), files);
    desk.on_refused = [this](const base::Failure& failure) { refusals.push_back(failure.words()); };
    loop.run(coro::with_nursery(loop.ready(), {}, feed, std::ref(loop.ready()), std::ref(desk),
                                std::move(chunks)));
    return desk.tally;
  }

  Files files() const {
    Files all;
    for (const std::string& name : temporary.names()) all[name] = temporary.get(name);
    return all;
  }
};

/// Sends to one user after the other until his stream should wait. Nothing is written meanwhile,
/// for the loop does not turn: to the scheduler all files are slow.
coro::Task<> fill_mailboxes(coro::Nursery& users, coro::ReadyQueue& ready, packets::Desk& desk) {
  packets::Scheduler scheduler(ready, users, desk);
  const auto take = [&](const std::string& line) {
    return scheduler.take(disk::LineSplitter::Line{line});
  };
  base::Bytes room = packets::Scheduler::most_queued;
  for (const std::string id : {"a", "b", "c", "d"}) {
    CAPTURE(id);
    CHECK(take("auth " + id));
    const base::Bytes before = desk.queued;
    while (take(id + " " + std::string(1023, 'x'))) continue;
    room /= 2;
    CHECK(desk.queued - before >= room);
    CHECK(desk.queued - before <= room + 1 * base::KiB);
  }
  CHECK(take("auth e"));
  CHECK(take("e hello"));
  CHECK(desk.queued < packets::Scheduler::most_queued);
  scheduler.finish();
  co_await users.join();
}

/// What the files must hold, told in the simplest way.
Files model(const std::vector<std::string>& lines) {
  Files files;
  std::set<std::string> active;
  for (const std::string& line : lines) {
    const std::size_t blank = line.find(' ');
    const std::string first = line.substr(0, blank);
    const std::string rest = blank == std::string::npos ? "" : line.substr(blank + 1);
    if (first == "auth") {
      active.insert(rest);
      files[rest + ".txt"];
    } else if (first == "disconnect") {
      active.erase(rest);
    } else if (active.contains(first)) {
      files[first + ".txt"] += rest + "\n";
    }
  }
  return files;
}

std::vector<std::string> random_lines(Random& random) {
  const std::vector<std::string> ids = {"a", "b", "c", "user-4"};
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < 5 + random() % 40; ++i) {
    const std::string& id = ids[random() % ids.size()];
    switch (random() % 6) {
      case 0:
        lines.push_back("auth " + id);
        break;
      case 1:
        lines.push_back("disconnect " + id);
        break;
      case 2:
        lines.push_back(id);
        break;
      default:
        lines.push_back(id + " message " + std::to_string(i));
    }
  }
  return lines;
}

std::vector<std::string> in_random_chunks(const std::vector<std::string>& lines, Random& random) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  if (random() % 2 == 0) text.pop_back();
  std::vector<std::string> chunks;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = 1 + random() % 30;
    chunks.push_back(text.substr(at, size));
    at += size;
  }
  return chunks;
}

}  // namespace

TEST_CASE("10,000 random streams, cut anywhere, leave the files that a simple model says") {
  Random random(1);
  for (int i = 0; i < 10'000; ++i) {
    CAPTURE(i);
    Post post;
    const std::vector<std::string> lines = random_lines(random);
    post.sort(in_random_chunks(lines, random), 1 + random() % 4);
    REQUIRE(post.files() == model(lines));
  }
}

TEST_CASE("more users than may be open at once is normal") {
  Post post;
  std::string text;
  for (int i = 0; i < 2000; ++i) text += "auth u" + std::to_string(i) + "\n";
  for (int n = 0; n < 3; ++n)
    for (int i = 0; i < 2000; ++i) text += "u" + std::to_string(i) + " " + std::to_string(n) + "\n";
  const packets::Tally tally = post.sort({text}, 3);
  CHECK(tally.users == 2000);
  CHECK(tally.messages == 6000);
  CHECK(post.temporary.names().size() == 2000);
  CHECK(post.temporary.get("u1234.txt") == "0\n1\n2\n");
}

TEST_CASE("row P14: messages in turn for 10,000 users keep the order of each") {
  Post post;
  constexpr int users = 10'000;
  constexpr int rounds = 30;
  std::vector<std::string> chunks(rounds + 1);
  std::string expected;
  for (int user = 0; user < users; ++user) chunks[0] += fmt::format("auth {}\n", user);
  for (int n = 1; n <= rounds; ++n) {
    for (int user = 0; user < users; ++user) chunks[n] += fmt::format("{} {}\n", user, n);
    expected += fmt::format("{}\n", n);
  }
  const packets::Tally tally = post.sort(std::move(chunks));
  CHECK(tally.messages == users * rounds);
  const Files files = post.files();
  CHECK(files.size() == users);
  CHECK(std::all_of(files.begin(), files.end(),
                    [&](const auto& file) { return file.second == expected; }));
}

TEST_CASE("row P19: who has much queued makes his own stream wait, and no other") {
  Post post;
  disk::AppendFiles files(post.loop, post.directory, 100);
  packets::Desk desk(post.loop.ready(), files);
  post.loop.run(coro::with_nursery(post.loop.ready(), {}, fill_mailboxes,
                                   std::ref(post.loop.ready()), std::ref(desk)));
  CHECK(desk.queued == 0);
  CHECK(post.temporary.get("e.txt") == "hello\n");
}

TEST_CASE("what is dropped is counted by its reason") {
  Post post;
  const packets::Tally tally =
      post.sort({"x hello\nauth a\nauth a\na 1\ndisconnect a\na 2\ndisconnect a\nauth ../b\n",
                 "a " + std::string(70'000, 'x') + "\n"});
  CHECK(tally.users == 1);
  CHECK(tally.messages == 1);
  CHECK(tally.not_authorised == 2);
  CHECK(tally.already_active == 1);
  CHECK(tally.not_connected == 1);
  CHECK(tally.bad_ids == 1);
  CHECK(tally.too_long == 1);
  CHECK(tally.dropped() == 6);
  CHECK(post.files() == Files{{"a.txt", "1\n"}});
}

TEST_CASE("a file is appended to, never emptied") {
  Post post;
  post.temporary.put("a.txt", "before\n");
  post.sort({"auth a\na 1\ndisconnect a\nauth a\na 2\n"});
  CHECK(post.files() == Files{{"a.txt", "before\n1\n2\n"}});
}

TEST_CASE("a link, a pipe or a directory is refused, and the others go on") {
  Post post;
  post.temporary.put("victim", "untouched");
  SUBCASE("link") {
    std::filesystem::create_symlink("victim", post.temporary.at("a.txt"));
  }
  SUBCASE("pipe") {
    REQUIRE(mkfifo(post.temporary.at("a.txt").c_str(), 0600) == 0);
  }
  SUBCASE("directory") {
    std::filesystem::create_directory(post.temporary.at("a.txt"));
  }
  const packets::Tally tally = post.sort({"auth a\na 1\n", "auth b\nb 1\na 2\ndisconnect a\n"});
  CHECK(tally.refused_files == 1);
  CHECK(tally.refused_messages == 2);
  CHECK(post.refusals.size() == 1);
  CHECK(post.temporary.get("victim") == "untouched");
  CHECK(post.temporary.get("b.txt") == "1\n");
}

TEST_CASE("a simulated stream is the same for the same seed, and each user's packets in order") {
  const auto lines_of = [](std::uint64_t seed) {
    packets::SimulationOptions options;
    options.seed = seed;
    std::vector<std::string> lines;
    packets::Lines stream = packets::simulate(options);
    while (std::optional<std::string> line = stream.next()) {
      line->pop_back();
      lines.push_back(std::move(*line));
    }
    return lines;
  };
  const std::vector<std::string> lines = lines_of(7);
  CHECK(lines == lines_of(7));
  CHECK(lines != lines_of(8));
  const Files files = model(lines);
  CHECK(files.size() == 10);
  for (const auto& [name, text] : files) {
    CAPTURE(name);
    CHECK(text.starts_with("message 1 of "));
    const auto messages = std::count(text.begin(), text.end(), '\n');
    CHECK(messages >= 10);
    CHECK(messages <= 20);
  }
}

TEST_SUITE_END();
