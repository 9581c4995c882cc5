#include "fetch/file_name.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "disk/part_file.hpp"
#include "fetch/name_register.hpp"

TEST_SUITE_BEGIN("fetch");

using namespace std::string_view_literals;

namespace {

std::string safe_name(const std::string& url) {
  return fetch::make_safe(fetch::name_in_url(*http::Url::parse(url)));
}

std::string named(const std::string& name_template, const std::string& url, std::uint64_t n = 1) {
  return fetch::NameTemplate::parse(name_template)->name_for(*http::Url::parse(url), n).text();
}

std::string claimed(fetch::NameRegister& names, const std::string& name) {
  const fetch::FileName parts = fetch::split_extension(name);
  return parts.text(names.claim(parts));
}

}  // namespace

TEST_CASE("a file is named after the last segment of the URL's path, made safe") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"http://h/a/b.jpg", "b.jpg"},
      {"http://h/a/b.jpg?q=1#f", "b.jpg"},
      {"http://h", "index"},
      {"http://h/a/", "index"},
      {"http://h/?q=1", "index"},
      {"http://h/a%20b.txt", "a b.txt"},
      {"http://h/%C3%A9.png", "\xC3\xA9.png"},
      {"http://h/%C3%84%D1%80%E4%BD%A0.png", "\xC3\x84\xD1\x80\xE4\xBD\xA0.png"},
      {"http://h/..%2f..%2fetc%2fpasswd", "_..%2f..%2fetc%2fpasswd"},
      {"http://h/a%2Fb", "a%2Fb"},
      {"http://h/a%5Cb", "a%5Cb"},
      {"http://h/a%00b", "a%00b"},
      {"http://h/a%1b%5B31m", "a%1b[31m"},
      {"http://h/.bashrc", "_.bashrc"},
      {"http://h/-rf", "_-rf"},
      {"http://h/a%FF", "a%FF"},
      {"http://h/a%C2%85b", "a%C2%85b"},
      {"http://h/%E2%80%AEgpj.exe", "%E2%80%AEgpj.exe"},
      {"http://h/100%", "100%"},
  };
  for (const auto& [url, name] : rows) {
    CAPTURE(url);
    CHECK(safe_name(url) == name);
  }
}

TEST_CASE("an extension is short, has a letter, and stands behind something") {
  const std::vector<std::pair<std::string, std::string>> rows = {
      {"a.jpg", ".jpg"},
      {"a.tar.gz", ".gz"},
      {"a", ""},
      {".jpg", ""},
      {"a.", ""},
      {"v1.2", ""},
      {"a.b c", ""},
      {"a.mp4", ".mp4"},
      {"a.7z", ".7z"},
      {"a.1234", ""},
      {"a.abcdefghijk", ""},
  };
  for (const auto& [name, extension] : rows) {
    CAPTURE(name);
    CHECK(fetch::split_extension(name).extension == extension);
  }
}

TEST_CASE("a name is cut before its extension, between characters, so that all we add fits") {
  const fetch::FileName longest{std::string(300, 'x'), ".jpg"};
  CHECK(longest.text().size() == disk::longest_name);
  CHECK(longest.text().ends_with("x.jpg"));
  CHECK(longest.text(12).size() == disk::longest_name);
  CHECK(longest.text(12).ends_with("x-12.jpg"));
  std::string accents;
  for (int i = 0; i < 150; ++i) accents += "\xC3\xA9";
  const std::string cut = fetch::FileName{accents, ".png"}.text();
  CHECK(cut.size() == disk::longest_name - 1);
  CHECK(cut.ends_with("\xC3\xA9.png"));
}

TEST_CASE("a template says how files are named") {
  const std::string url = "http://user:secret@h.example/a/b.jpg";
  CHECK(named("{name}", url) == "b.jpg");
  CHECK(named("{n}-{stem}.{ext}", url, 7) == "7-b.jpg");
  CHECK(named("{host}_{name}", url) == "h.example_b.jpg");
  CHECK(named("{stem}.{ext}", "http://h/plain") == "plain");
  // printf '%s' http://h.example/a/b.jpg | sha1sum
  CHECK(named("{sha1}", url) == "ca303e9cf469c5c7018d8d39866257306f77ee4f");
}

TEST_CASE("a template that cannot work is refused") {
  for (const char* wrong : {"", "{nam}", "{", "a/{name}", "{name"}) {
    CAPTURE(wrong);
    CHECK_FALSE(fetch::NameTemplate::parse(wrong));
  }
}

TEST_CASE("names that come again get numbers, by the order of the list") {
  fetch::NameRegister names;
  CHECK(claimed(names, "a.jpg") == "a.jpg");
  CHECK(claimed(names, "a.jpg") == "a-2.jpg");
  CHECK(claimed(names, "b.jpg") == "b.jpg");
  CHECK(claimed(names, "a.jpg") == "a-3.jpg");
  CHECK(claimed(names, "a-2.jpg") == "a-2-2.jpg");
}

TEST_CASE("a name that gets its extension later collides with none that has it already") {
  fetch::NameRegister names;
  CHECK(claimed(names, "240") == "240");
  CHECK(claimed(names, "240") == "240-2");
  CHECK(claimed(names, "240.jpg") == "240-3.jpg");
  CHECK(claimed(names, "300.png") == "300.png");
  CHECK(claimed(names, "300") == "300-2");
}

TEST_CASE("a path leads down, or it is none") {
  for (const char* good : {"a", "a/b", "a/b/c.png", ".a/..b", "a./b"}) {
    CAPTURE(good);
    CHECK(fetch::leads_down(good));
  }
  for (const std::string_view bad : {""sv, "/"sv, "/a"sv, "a/"sv, "a//b"sv, "."sv, ".."sv, "a/.."sv,
                                     "../a"sv, "a/../b"sv, "a/./b"sv, "a/\0b"sv}) {
    CAPTURE(bad);
    CHECK_FALSE(fetch::leads_down(bad));
  }
  CHECK(fetch::make_safe_path("a/.b/-c\n/d.png") == "a/_.b/_-c%0A/d.png");
}

TEST_CASE("the name at the end of a path is cut, and the directories are not") {
  const std::string directories = std::string(200, 'd') + "/" + std::string(200, 'e') + "/";
  const fetch::FileName long_one{directories + std::string(300, 'n'), ".png"};
  CHECK(long_one.text().size() == directories.size() + disk::longest_name);
  CHECK(long_one.text(12).ends_with("n-12.png"));
  CHECK(fetch::split_extension("a.b/c").extension == "");
  CHECK(fetch::split_extension("a.b/c.png").extension == ".png");
}

TEST_CASE("a directory and a file do not have the same name") {
  fetch::NameRegister names;
  CHECK(claimed(names, "a/b/c.jpg") == "a/b/c.jpg");
  CHECK(claimed(names, "a/b/c.jpg") == "a/b/c-2.jpg");
  CHECK(claimed(names, "a/c.jpg") == "a/c.jpg");
  CHECK(claimed(names, "a/b") == "a/b-2");
  CHECK(claimed(names, "a") == "a-2");
  CHECK(claimed(names, "file") == "file");
  CHECK(claimed(names, "x.jpg") == "x.jpg");
  for (const char* below : {"file/a", "file/a/b", "x.jpg/a"}) {
    CAPTURE(below);
    CHECK(names.is_below_file(fetch::split_extension(below)));
  }
  CHECK_FALSE(names.is_below_file(fetch::split_extension("a/x.jpg")));

  fetch::NameRegister folding(/*folds_case=*/true);
  CHECK(claimed(folding, "a/b.jpg") == "a/b.jpg");
  CHECK(claimed(folding, "A/B.jpg") == "A/B-2.jpg");
  CHECK(claimed(folding, "A") == "A-2");
}

TEST_CASE("a reserved name is taken") {
  fetch::NameRegister names;
  names.reserve("fetcher.jsonl");
  CHECK(claimed(names, "fetcher.jsonl") == "fetcher-2.jsonl");
}

TEST_CASE("where case makes no difference, names that differ in nothing else get numbers") {
  fetch::NameRegister names(/*folds_case=*/true);
  CHECK(claimed(names, "a.jpg") == "a.jpg");
  CHECK(claimed(names, "A.JPG") == "A-2.JPG");
  CHECK(claimed(names, "A-2.jpg") == "A-2-2.jpg");
  names.reserve("fetcher.jsonl");
  CHECK(claimed(names, "FETCHER.jsonl") == "FETCHER-2.jsonl");
  CHECK(claimed(names, "240") == "240");
  CHECK(claimed(names, "240.Jpg") == "240-2.Jpg");
}

TEST_CASE("a hundred thousand lines of one name have a hundred thousand names") {
  fetch::NameRegister names;
  const fetch::FileName name{"same", ".jpg"};
  std::uint64_t last = 0;
  for (int i = 0; i < 100'000; ++i) last = names.claim(name);
  CHECK(last == 100'000);
}

TEST_SUITE_END();
