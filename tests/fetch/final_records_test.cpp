#include "fetch/final_records.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "disk/open_input.hpp"
#include "support/temporary_directory.hpp"

TEST_SUITE_BEGIN("fetch");

namespace {

using Words = std::vector<std::string>;

/// A record of the line `url`; `what` comes back as its file or as the words of its failure.
std::string line(const std::string& url, const std::string& status, const std::string& what,
                 const std::string& more = R"("n":1)") {
  return R"({"url":")" + url + R"(","status":")" + status + R"(",)" + more +
         (status == "failed" ? R"(,"error":")" : R"(,"bytes":1,"file":")") + what + "\"}\n";
}

Words final_records(const std::string& log) {
  const TemporaryDirectory directory;
  directory.put("log", log);
  const auto file = disk::open_input(directory.at("log"));
  REQUIRE(file);
  Words words;
  REQUIRE(fetch::for_each_final_record(file->number(), "log", [&](const fetch::Record& record) {
    words.push_back(record.status == fetch::Status::failed ? record.error : record.file);
  }));
  return words;
}

}  // namespace

TEST_CASE("each line counts once, with what became of it in the end") {
  struct Row {
    const char* what;
    std::string log;
    Words expected;
  };
  const std::string saved = line("a", "saved", "first");
  const std::string again = line("a", "saved", "second");
  const std::string failed = line("a", "failed", "no");
  const std::string skipped = line("a", "skipped", "there");
  for (const Row& row : std::vector<Row>{
           {"an empty log", "", {}},
           {"order of the log", line("b", "saved", "b") + saved, {"b", "first"}},
           {"failed, then saved", failed + saved, {"first"}},
           {"saved, then fetched again", saved + again, {"second"}},
           {"saved, then failed", saved + failed, {"no"}},
           {"saved, then there", saved + skipped + skipped, {"first"}},
           {"saved, failed, then there", saved + failed + skipped, {"first"}},
           {"there from the start", skipped, {"there"}},
           {"failed, then there", failed + skipped, {"there"}},
           {"the same URL twice",
            saved + line("a", "saved", "x", R"("n":2,"repeat":1)"),
            {"first", "x"}},
           {"no URL, twice",
            line("-", "failed", "x", R"("n":1,"kind":"bad_url")") +
                line("-", "failed", "y", R"("n":2,"kind":"bad_url")"),
            {"x", "y"}},
           {"a torn last line", saved + failed.substr(0, failed.size() - 1), {"first"}},
       }) {
    CAPTURE(row.what);
    CHECK(final_records(row.log) == row.expected);
  }
}

TEST_SUITE_END();
