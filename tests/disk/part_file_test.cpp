#include "disk/part_file.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "loop/loop.hpp"
#include "support/temporary_directory.hpp"

TEST_SUITE_BEGIN("disk");

namespace {

using Names = std::vector<std::string>;
using Published = base::Result<disk::Published>;

/// A directory to publish in.
struct Place {
  TemporaryDirectory temporary;
  loop::Loop loop;
  disk::Directory directory = std::move(*disk::Directory::open_or_make(temporary.path().string()));

  /// As the next run does.
  void open_again() {
    directory = std::move(*disk::Directory::open_or_make(temporary.path().string()));
  }

  Published save(const std::string& name, std::string bytes,
                 disk::IfThere if_there = disk::IfThere::compare,
                 disk::Sync sync = disk::Sync::none) {
    return loop.run(disk::save_whole(loop, directory, name, bytes, if_there, sync));
  }

  /// The same by way of a PartFile, in pieces of 1000 bytes.
  Published stream(const std::string& name, const std::string& bytes,
                   disk::IfThere if_there = disk::IfThere::compare) {
    return loop.run(stream_task(loop, directory, name, bytes, if_there));
  }

  /// The same by way of a part that is closed before it is published; `meanwhile` is called
  /// between.
  Published save_late(
      const std::string& name, const std::string& bytes, std::function<void()> meanwhile = [] {}) {
    return loop.run(late_task(loop, directory, name, bytes, meanwhile));
  }

  static coro::Task<Published> late_task(loop::Loop& its_loop, disk::Directory& into,
                                         std::string name, std::string bytes,
                                         std::function<void()> meanwhile) {
    base::Result<disk::PartFile> part =
        co_await disk::PartFile::create_whole(its_loop, into, name, bytes);
    if (!part) co_return part.error();
    meanwhile();
    const Published published =
        co_await part->publish(name, disk::IfThere::compare, disk::Sync::none);
    if (!published || *published == disk::Published::is_taken) co_await part->discard();
    co_return published;
  }

  static coro::Task<Published> stream_task(loop::Loop& its_loop, disk::Directory& into,
                                           std::string name, std::string bytes,
                                           disk::IfThere if_there) {
    base::Result<disk::PartFile> part = co_await disk::PartFile::create(its_loop, into, name);
    if (!part) co_return part.error();
    for (std::size_t at = 0; at < bytes.size(); at += 1000) {
      std::string piece = bytes.substr(at, 1000);
      const base::Result<void> written = co_await part->write(piece);
      if (!written) {
        co_await part->discard();
        co_return written.error();
      }
    }
    const Published published = co_await part->publish(name, if_there, disk::Sync::none);
    if (!published || *published == disk::Published::is_taken) co_await part->discard();
    co_return published;
  }
};

/// No file of this process may be longer than that, as long as it lives: what a full disk looks
/// like, for every user.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limited = {bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limited);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_handler_);
  }

 private:
  rlimit old_ = {};
  sighandler_t old_handler_;
};

const std::string content(10'000, 'c');

}  // namespace

TEST_CASE("a published file is whole, and nothing else lies beside it") {
  Place place;
  Published published = disk::Published::is_taken;
  SUBCASE("whole") {
    published = place.save("a.jpg", content);
  }
  SUBCASE("in pieces") {
    published = place.stream("a.jpg", content);
  }
  SUBCASE("durable") {
    published = place.save("a.jpg", content, disk::IfThere::compare, disk::Sync::each);
  }
  SUBCASE("closed in between") {
    published = place.save_late("a.jpg", content);
  }
  REQUIRE(published);
  CHECK(*published == disk::Published::is_new);
  CHECK(place.temporary.names() == Names{"a.jpg"});
  CHECK(place.temporary.get("a.jpg") == content);
}

TEST_CASE("an empty body is an empty file") {
  Place place;
  CHECK(*place.save("empty", "") == disk::Published::is_new);
  CHECK(std::filesystem::file_size(place.temporary.at("empty")) == 0);
}

TEST_CASE("a file that is there is never replaced without being asked to") {
  Place place;
  place.temporary.put("a", "somebody else's");
  Published published = disk::Published::is_new;
  SUBCASE("whole") {
    published = place.save("a", content);
  }
  SUBCASE("in pieces") {
    published = place.stream("a", content);
  }
  SUBCASE("durable") {
    published = place.save("a", content, disk::IfThere::compare, disk::Sync::each);
  }
  SUBCASE("closed in between") {
    published = place.save_late("a", content);
  }
  CHECK(*published == disk::Published::is_taken);
  CHECK(place.temporary.get("a") == "somebody else's");
  CHECK(place.temporary.names() == Names{"a"});
}

TEST_CASE("a file that is there with the same bytes is taken for ours") {
  Place place;
  place.temporary.put("a", content);
  CHECK(*place.save("a", content) == disk::Published::was_there);
  CHECK(*place.stream("a", content) == disk::Published::was_there);
  CHECK(*place.save_late("a", content) == disk::Published::was_there);
  CHECK(*place.save("a", content, disk::IfThere::compare, disk::Sync::each) ==
        disk::Published::was_there);
  std::string other = content;
  other.back() = 'd';
  CHECK(*place.save("a", other) == disk::Published::is_taken);
  CHECK(place.temporary.names() == Names{"a"});
}

TEST_CASE("a file that is to be replaced is replaced as a whole") {
  Place place;
  place.temporary.put("a", "old");
  CHECK(*place.save("a", content, disk::IfThere::replace) == disk::Published::is_new);
  CHECK(place.temporary.get("a") == content);
}

TEST_CASE("links, pipes and directories that have the name are neither followed nor opened") {
  Place place;
  place.temporary.put("victim", "untouched");
  SUBCASE("link") {
    std::filesystem::create_symlink("victim", place.temporary.at("a"));
  }
  SUBCASE("dangling link") {
    std::filesystem::create_symlink("nowhere", place.temporary.at("a"));
  }
  SUBCASE("pipe") {
    REQUIRE(mkfifo(place.temporary.at("a").c_str(), 0600) == 0);
  }
  SUBCASE("directory") {
    std::filesystem::create_directory(place.temporary.at("a"));
  }
  CHECK(*place.save("a", content) == disk::Published::is_taken);
  CHECK(*place.stream("a", content) == disk::Published::is_taken);
  CHECK(place.temporary.get("victim") == "untouched");
  CHECK(place.temporary.names() == Names{"a", "victim"});
}

TEST_CASE("what an earlier run left as a part is replaced, and a link there is not followed") {
  Place place;
  place.temporary.put("victim", "untouched");
  SUBCASE("part") {
    place.temporary.put(".a.part", "left over");
  }
  SUBCASE("link") {
    std::filesystem::create_symlink("victim", place.temporary.at(".a.part"));
  }
  place.open_again();
  CHECK(*place.save("a", content) == disk::Published::is_new);
  CHECK(place.temporary.get("victim") == "untouched");
  CHECK(place.temporary.names() == Names{"a", "victim"});
}

TEST_CASE("a part that another process is writing is left to it") {
  Place place;
  place.temporary.put(".a.part", "being written");
  const base::FileDescriptor theirs(open(place.temporary.at(".a.part").c_str(), O_RDWR));
  REQUIRE(flock(theirs.number(), LOCK_EX) == 0);
  SUBCASE("in pieces") {
    const Published published = place.stream("a", content);
    REQUIRE_FALSE(published);
    CHECK(published.error().kind() == base::Kind::name_conflict);
  }
  SUBCASE("whole, which needs no part") {
    CHECK(*place.save("a", content) == disk::Published::is_new);
  }
  CHECK(place.temporary.get(".a.part") == "being written");
}

TEST_CASE("a directory in the part's place is that name's failure, not the disk's") {
  Place place;
  std::filesystem::create_directory(place.temporary.at(".a.part"));
  const Published published = place.stream("a", content);
  REQUIRE_FALSE(published);
  CHECK(published.error().kind() == base::Kind::name_conflict);
  CHECK(*place.save("a", content) == disk::Published::is_new);
}

TEST_CASE("a part that waits to be published holds no descriptor") {
  Place place;
  const auto open_files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  const auto before = open_files();
  CHECK(place.save_late("a", content, [&] { CHECK(open_files() == before); }));
}

TEST_CASE("a part that another process has replaced is not published, and left to it") {
  Place place;
  // Of the same size: a new file may even have the same inode.
  const std::string theirs(content.size(), 't');
  const auto replace = [&] {
    std::filesystem::remove(place.temporary.at(".a.part"));
    place.temporary.put(".a.part", theirs);
  };
  const Published published = place.save_late("a", content, replace);
  REQUIRE_FALSE(published);
  CHECK(published.error().kind() == base::Kind::name_conflict);
  CHECK(place.temporary.names() == Names{".a.part"});
  CHECK(place.temporary.get(".a.part") == theirs);
}

TEST_CASE("a part that another process has taken for left over is left to it") {
  Place place;
  base::FileDescriptor theirs;
  const auto take = [&] {
    theirs = base::FileDescriptor(open(place.temporary.at(".a.part").c_str(), O_RDWR));
    REQUIRE(flock(theirs.number(), LOCK_EX | LOCK_NB) == 0);
  };
  const Published published = place.save_late("a", content, take);
  REQUIRE_FALSE(published);
  CHECK(published.error().kind() == base::Kind::name_conflict);
  CHECK(place.temporary.names() == Names{".a.part"});
}

TEST_CASE("a disk that takes no more leaves nothing behind, and says why") {
  Place place;
  const FileSizeLimit limit(5'000);
  Published published = disk::Published::is_new;
  SUBCASE("whole") {
    published = place.save("a", content);
  }
  SUBCASE("in pieces") {
    published = place.stream("a", content);
  }
  SUBCASE("before it is closed") {
    published = place.save_late("a", content);
  }
  REQUIRE_FALSE(published);
  CHECK(published.error().kind() == base::Kind::disk);
  CHECK(published.error().code() == EFBIG);
  CHECK(place.temporary.names() == Names{});
}

TEST_CASE("a name of any length that is allowed fits with its part's name") {
  Place place;
  const std::string name(disk::longest_name, 'n');
  CHECK(*place.save(name, content) == disk::Published::is_new);
}

TEST_CASE("the umask decides who may read a file") {
  Place place;
  const mode_t old = umask(077);
  CHECK(place.save("a", content));
  umask(old);
  struct stat status = {};
  REQUIRE(stat(place.temporary.at("a").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_SUITE_END();
