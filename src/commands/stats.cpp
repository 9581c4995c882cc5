#include "commands/stats.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <variant>

#include "base/text.hpp"
#include "commands/process.hpp"
#include "disk/line_splitter.hpp"
#include "disk/open_input.hpp"
#include "loop/input.hpp"
#include "loop/loop.hpp"
#include "loop/signals.hpp"
#include "report/console.hpp"
#include "statistics/json_field.hpp"
#include "statistics/message.hpp"
#include "statistics/statistics.hpp"
#include "statistics/tokens.hpp"

namespace commands {
namespace {

using cli::ExitStatus;
using statistics::Message;
using statistics::Signal;

std::string lines_of(statistics::Answers answers) {
  std::string lines;
  for (const statistics::Answer& answer : answers) (lines += statistics::text(answer)) += '\n';
  return lines;
}

/// Sends what it reads to the statistics coroutine, and its answers to standard output.
class Conversation {
 public:
  explicit Conversation(report::Console& console) : console_(console) {}

  /// A word is a number, a question, or neither.
  void hear(const statistics::Token& word) {
    const std::optional<Message> message =
        word.is_whole ? statistics::parse_message(word.text) : std::nullopt;
    if (message)
      answers_ += lines_of(collector_.send(*message));
    else
      reject(word.line, fmt::format("{} is no number and no question", excerpt(word.text)));
  }

  /// What a line of JSON has in the field that was asked for.
  void hear(std::uint64_t line, const statistics::JsonField::Found& found) {
    if (const auto* const number = std::get_if<double>(&found))
      collector_.add(*number);
    else if (const auto* const wrong = std::get_if<statistics::JsonField::Wrong>(&found))
      reject(line, std::string(wrong->reason));
    else
      ++skipped_;
  }

  void reject(std::uint64_t line, const std::string& reason) {
    ++rejected_;
    console_.say(fmt::format("line {}: {}", line, reason));
  }

  std::string all() { return lines_of(collector_.send(Message(Signal::all))); }
  void answer_all() { answers_ += all(); }

  /// False when standard output takes no more.
  bool write_answers() {
    std::fwrite(answers_.data(), 1, answers_.size(), stdout);
    answers_.clear();
    return std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  }

  std::uint64_t rejected() const { return rejected_; }
  std::uint64_t skipped() const { return skipped_; }

 private:
  /// Of a word that may be anything and of any length.
  static std::string excerpt(std::string_view word) {
    constexpr std::size_t readable = 60;
    const std::string shown = base::printable(word.substr(0, readable));
    return word.size() > readable ? shown + "..." : shown;
  }

  report::Console& console_;
  statistics::Collector collector_;
  std::string answers_;
  std::uint64_t rejected_ = 0;
  std::uint64_t skipped_ = 0;  ///< lines without the field
};

/// Words between white space.
class Words {
 public:
  explicit Words(Conversation& conversation) : conversation_(conversation) {}

  void feed(std::string_view chunk) { tokenizer_.feed(chunk, hear_); }
  void finish() { tokenizer_.finish(hear_); }

  /// What was not counted among the numbers, in words; empty when there is none.
  std::string left_out() const {
    const std::uint64_t rejected = conversation_.rejected();
    return rejected == 0 ? std::string() : base::counted(rejected, "word") + " rejected";
  }

 private:
  Conversation& conversation_;
  statistics::Tokenizer tokenizer_;
  std::function<void(const statistics::Token&)> hear_ = [this](const statistics::Token& word) {
    conversation_.hear(word);
  };
};

/// One number from each line of JSON.
class JsonLines {
 public:
  JsonLines(Conversation& conversation, const std::string& field)
      : conversation_(conversation), name_(field), field_(field) {}

  void feed(std::string_view unread) {
    while (const auto line = splitter_.next(unread)) hear(*line);
  }

  void finish() {
    if (const auto last = splitter_.rest()) hear(*last);
  }

  std::string left_out() const {
    if (conversation_.skipped() == 0 && conversation_.rejected() == 0) return std::string();
    return fmt::format("{} without {}, {} rejected", base::counted(conversation_.skipped(), "line"),
                       base::printable(name_), conversation_.rejected());
  }

 private:
  static constexpr base::Bytes longest_line = 16 * base::MiB;

  void hear(const disk::LineSplitter::Line& line) {
    ++lines_;
    if (line.is_too_long) return conversation_.reject(lines_, "it is longer than 16 MiB");
    const std::string_view text = base::trim(line.text);
    if (!text.empty()) conversation_.hear(lines_, field_.in(text));
  }

  Conversation& conversation_;
  std::string name_;
  statistics::JsonField field_;
  disk::LineSplitter splitter_{longest_line};
  std::uint64_t lines_ = 0;
};

/// Gives 0 at the end, or a negative errno.
template <class Reader>
coro::Task<std::int64_t> listen(loop::Input& input, Reader& reader, Conversation& conversation,
                                std::stop_source& stop) {
  for (;;) {
    const std::int64_t count = co_await input.read(stop.get_token());
    if (count <= 0) co_return count;
    reader.feed(input.buffer(count));
    if (!conversation.write_answers()) stop.request_stop();  // nobody listens any more
  }
}

template <class Reader>
ExitStatus run_stats(base::FileDescriptor file, const std::string& name, Reader& reader,
                     Conversation& conversation, report::Console& console) {
  int caught_signal = 0;
  ExitStatus status = ExitStatus::all_saved;
  {
    loop::Loop loop;
    loop::Input input(loop, std::move(file));
    std::stop_source stop;
    const loop::Signals signals(loop, {SIGINT, SIGTERM, SIGHUP, SIGUSR1}, [&](int number) {
      if (number == SIGUSR1) return console.print(conversation.all());
      if (caught_signal != 0) loop::die_of_signal(number);
      caught_signal = number;
      stop.request_stop();
    });
    const std::int64_t end = loop.run(listen(input, reader, conversation, stop));
    if (end == 0) reader.finish();
    conversation.answer_all();
    if (conversation.rejected() > 0) status = ExitStatus::some_failed;
    if (end < 0 && !stop.stop_requested()) {
      console.say(base::printable(disk::unreadable(name, static_cast<int>(-end)).words()));
      status = ExitStatus::usage;
    }
    if (const std::string words = reader.left_out(); !words.empty()) console.say(words);
    if (!conversation.write_answers()) {
      console.say("cannot write the answers to standard output");
      status = ExitStatus::machine_failed;
    }
  }
  if (caught_signal != 0) loop::die_of_signal(caught_signal);
  return status;
}

}  // namespace

ExitStatus stats(const cli::StatsOptions& options) {
  report::Console console(options.is_quiet);
  if (options.file.empty() && isatty(STDIN_FILENO) == 1) {
    console.print(
        "fetcher: there are no numbers. Try one of:\n"
        "  seq 10 | fetcher stats\n"
        "  fetcher stats --field seconds.total fetcher.jsonl\n");
    return ExitStatus::usage;
  }
  prepare_process();
  const std::string name = options.file.empty() ? "-" : options.file;
  base::Result<base::FileDescriptor> file = disk::open_input(name);
  if (!file) {
    console.say(base::printable(file.error().words()));
    return ExitStatus::usage;
  }

  Conversation conversation(console);
  if (options.field.empty()) {
    Words words(conversation);
    return run_stats(std::move(*file), name, words, conversation, console);
  }
  JsonLines lines(conversation, options.field);
  return run_stats(std::move(*file), name, lines, conversation, console);
}

}  // namespace commands
