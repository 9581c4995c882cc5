#include "statistics/statistics.hpp"

#include <cstdio>

int main() {
  statistics::Conversation talk = statistics::converse();
  talk.next();  // it listens from here on
  for (const double seconds : {0.75, 1.5, 1.0, 0.75}) talk.send(statistics::Message(seconds));

  const statistics::Answers answers = *talk.send(statistics::Message(statistics::Signal::mean));
  std::puts(statistics::text(answers.front()).c_str());  // mean 1

  const statistics::Summary summary = *talk.close();
  std::puts(statistics::text(summary[statistics::Signal::max]).c_str());  // max 1.5
}
