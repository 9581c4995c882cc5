#include "commands/report.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "commands/process.hpp"
#include "disk/directory.hpp"
#include "disk/open_input.hpp"
#include "disk/part_file.hpp"
#include "disk/publish.hpp"
#include "fetch/final_records.hpp"
#include "loop/loop.hpp"
#include "report/console.hpp"
#include "report/log_page.hpp"
#include "report/log_review.hpp"
#include "report/log_text.hpp"

namespace commands {
namespace {

using cli::ExitStatus;
using std::filesystem::path;

/// Why there is no report, and the exit status for it.
struct Refusal {
  std::string words;
  ExitStatus status = ExitStatus::usage;
};

/// The log that is meant: a directory means the one in it.
path log_of(const cli::ReportOptions& options) {
  const path log = options.log.empty() ? path(".") : path(options.log);
  std::error_code ignored;
  if (!std::filesystem::is_directory(log, ignored)) return log;
  return log == "." ? path("fetcher.jsonl") : log / "fetcher.jsonl";
}

path directory_of(const path& file) {
  return file.has_parent_path() ? file.parent_path() : path(".");
}

base::Result<report::LogReview> review_of(const path& log) {
  std::error_code error;
  // It is read twice, and to open a FIFO would wait for its writer.
  const bool is_file = std::filesystem::is_regular_file(log, error);
  if (!is_file && std::filesystem::exists(log, error))
    return base::Failure(base::Kind::bad_url, 0, fmt::format("{} is no file", log.string()));
  const base::Result<base::FileDescriptor> file = disk::open_input(log.string());
  if (!file) return file.error();
  report::LogReview review;
  const base::Result<void> read = fetch::for_each_final_record(
      file->number(), log.string(), [&review](const fetch::Record& record) { review.add(record); });
  if (!read) return read.error();
  return review;
}

/// Reads the sizes of the pictures from their headers, and forgets those that are not there.
void look_at_pictures(report::LogReview& review, const path& files) {
  constexpr int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  const base::FileDescriptor directory(open(files.c_str(), flags));
  std::erase_if(review.pictures(), [&directory](report::Picture& picture) {
    const std::optional<std::string> head =
        disk::blocking::read_beginning(directory.number(), picture.file, report::picture_head);
    if (head) picture.size = report::picture_size(*head);
    return !head;
  });
}

/// How to come from one directory to another; "" when they are the same.
std::string way(const path& from, const path& to) {
  std::error_code error;
  const path relative = std::filesystem::relative(to, from, error);
  return error || relative == "." ? "" : relative.string();
}

/// Nothing, or why the page may not lie at `page`: what is there and is no report stays.
std::optional<Refusal> refusal_to_replace(const path& page, const path& log, bool overwrites) {
  std::error_code ignored;
  const auto refused = [&page](std::string_view why) {
    return Refusal{fmt::format("{} {}", page.string(), why)};
  };
  if (!page.has_filename()) return refused("names no file");
  const bool is_there = std::filesystem::exists(std::filesystem::symlink_status(page, ignored));
  if (!is_there) return std::nullopt;
  if (std::filesystem::equivalent(page, log, ignored))
    return refused("is the log and cannot be the report too");
  const auto beginning =
      disk::blocking::read_beginning(AT_FDCWD, page.string(), report::page_beginning);
  if (overwrites || (beginning && report::begins_a_page(*beginning))) return std::nullopt;
  return refused(
      "is there and is no report: name another file with -o, or replace it with --overwrite");
}

/// Lays the page beside its name and gives it the name when it is whole.
std::optional<Refusal> save(const path& page, std::string bytes, bool may_replace) {
  base::Result<disk::Directory> directory =
      disk::Directory::open_or_make(directory_of(page).string());
  if (!directory) return Refusal{directory.error().words(), ExitStatus::machine_failed};
  const auto if_there = may_replace ? disk::IfThere::replace : disk::IfThere::compare;
  loop::Loop loop;
  const base::Result<disk::Published> saved = loop.run(disk::save_whole(
      loop, *directory, page.filename().string(), bytes, if_there, disk::Sync::none));
  if (!saved) return Refusal{saved.error().words(), ExitStatus::machine_failed};
  if (*saved == disk::Published::is_taken)
    return Refusal{fmt::format("{} has come meanwhile and is kept", page.string())};
  return std::nullopt;
}

ExitStatus print_text(const report::LogReview& review, const path& log, report::Console& console) {
  const std::size_t width = isatty(STDOUT_FILENO) == 1 ? report::terminal_width(STDOUT_FILENO) : 0;
  const std::string text = report::text_of(review, log.string(), width);
  std::fwrite(text.data(), 1, text.size(), stdout);
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return ExitStatus::all_saved;
  console.say("cannot write the report to standard output");
  return ExitStatus::machine_failed;
}

}  // namespace

ExitStatus report(const cli::ReportOptions& options) {
  report::Console console(options.is_quiet);
  const auto refuse = [&console](const Refusal& refusal) {
    console.say(base::printable(refusal.words));
    return refusal.status;
  };
  prepare_process();
  const path log = log_of(options);
  base::Result<report::LogReview> review = review_of(log);
  if (!review) return refuse({review.error().words()});
  if (options.is_text) return print_text(*review, log, console);

  const path page =
      options.output.empty() ? directory_of(log) / "report.html" : path(options.output);
  if (const auto refusal = refusal_to_replace(page, log, options.overwrites))
    return refuse(*refusal);
  std::error_code ignored;
  const bool may_replace = std::filesystem::exists(std::filesystem::symlink_status(page, ignored));

  const path files = options.files.empty() ? directory_of(log) : path(options.files);
  look_at_pictures(*review, files);
  const report::PlaceOfPage place{log.string(), way(directory_of(page), files)};
  if (const auto refusal = save(page, report::page_of(*review, place), may_replace))
    return refuse(*refusal);
  console.say(fmt::format("{} tells what became of {}",
                          base::printable(page.lexically_normal().string()),
                          base::counted(review->lines(), "line")));
  return ExitStatus::all_saved;
}

}  // namespace commands
