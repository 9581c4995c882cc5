#include "statistics/statistics.hpp"

#include <algorithm>

#include "statistics/tally.hpp"

namespace statistics {

namespace {

/// The answers to the last message; no allocation, because it stands in the way of every number.
class Reply {
 public:
  void clear() { count_ = 0; }

  void fill(Answers answers) {
    std::copy(answers.begin(), answers.end(), answers_.begin());
    count_ = answers.size();
  }

  Answers answers() const { return Answers(answers_.data(), count_); }

 private:
  std::array<Answer, value_count> answers_;
  std::size_t count_ = 0;
};

void reply_to(Signal signal, const Tally& tally, Reply& reply) {
  if (signal == Signal::all) {
    const Summary summary = tally.summary();
    reply.fill(summary.answers());
  } else {
    const Answer answer = tally.answer(signal);
    reply.fill(Answers(&answer, 1));
  }
}

}  // namespace

Conversation converse() {
  Tally tally;
  Reply reply;
  try {
    for (;;) {
      const std::optional<Message> message = co_yield reply.answers();
      reply.clear();
      if (!message) continue;
      if (message->is_number())
        tally.add(message->number());
      else
        reply_to(message->signal(), tally, reply);
    }
  } catch (const coro::GeneratorExit&) {
  }
  co_return tally.summary();
}

}  // namespace statistics
