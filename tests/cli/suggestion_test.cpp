#include "cli/suggestion.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_SUITE_BEGIN("cli");

TEST_CASE("a mistyped word is taken for the nearest one that is known") {
  const std::vector<std::string> known = {"concurrency", "retry", "rate", "max-time", "json", "x"};
  struct Row {
    std::string mistyped;
    std::string meant;
  };
  for (const Row& row : std::vector<Row>{
           {"concurency", "concurrency"},
           {"concurrencyy", "concurrency"},
           {"cnocurrency", "concurrency"},
           {"concarrancy", "concurrency"},
           {"retries", ""},
           {"retyr", "retry"},
           {"rat", "rate"},
           {"jsno", "json"},
           {"jxxn", ""},
           {"maxtime", "max-time"},
           {"y", ""},
           {"", ""},
           {std::string(1000, 'c'), ""},
       }) {
    CAPTURE(row.mistyped);
    CHECK(cli::suggestion_for(row.mistyped, known) == row.meant);
  }
}

TEST_SUITE_END();
