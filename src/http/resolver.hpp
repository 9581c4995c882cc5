#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/units.hpp"
#include "loop/clock.hpp"

namespace http {

/// Decides which names are looked up, and when: a name once at a time, for all who ask; not more
/// names at once than there may be threads, the others wait; what was answered is remembered for a
/// while, also that a name does not exist. A failure that may pass is told to those who asked, and
/// forgotten.
class Resolver {
 public:
  /// Addresses as CURLOPT_RESOLVE takes them.
  using Answer = base::Result<std::string>;
  class Question;

  static constexpr std::size_t most_at_once = 64;
  static constexpr std::size_t most_remembered = 10'000;
  static constexpr std::chrono::seconds life{60};  ///< of an answer; libcurl's own default

  /// `look_up(name)` begins to look it up, which ends by a call of answer(), also from within.
  Resolver(loop::Clock& clock, std::function<void(const std::string&)> look_up)
      : clock_(clock), look_up_(std::move(look_up)) {}
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// The answer for a name that is being looked up. Calls back whoever asked.
  void answer(const std::string& name, const Answer& answer);

  /// Names that are remembered, looked up or waited for.
  std::size_t names() const { return names_.size(); }

 private:
  struct Name {
    std::optional<Answer> answer;
    std::optional<base::Time> began_at;
    std::vector<Question*> asked;
  };
  using Names = std::unordered_map<std::string, Name>;
  using Place = Names::pointer;  ///< stays valid, whatever else comes and goes

  Place find(const std::string& name);
  void begin(Place place);
  void begin_next();
  void tell(Name& name, const Answer& answer);
  void remember(Names::iterator found, const Answer& answer);
  void forget_old();

  loop::Clock& clock_;
  std::function<void(const std::string&)> look_up_;
  Names names_;
  std::deque<std::string> waiting_;  ///< to be begun, if somebody still asks
  std::deque<std::pair<base::Time, std::string>> remembered_;  ///< since when; oldest first
  std::size_t running_ = 0;
};

/// Asks for the addresses of a name; its destruction takes the question back.
class Resolver::Question {
 public:
  /// `on_answer` is called once, unless the answer is there at once. It may destroy the question.
  Question(Resolver& resolver, const std::string& name, std::function<void()> on_answer);
  ~Question();
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;

  /// Null while there is none.
  const Answer* answer() const { return answer_ ? &*answer_ : nullptr; }

  /// Since when its answer is looked for; nothing while the name waits for that, or when the answer
  /// was there at once.
  std::optional<base::Time> began_at() const;

 private:
  friend class Resolver;

  Resolver& resolver_;
  std::function<void()> on_answer_;
  base::Time asked_at_;
  std::optional<base::Time> began_at_;
  std::optional<Answer> answer_;
  Place place_ = nullptr;  ///< null when it is answered
};

}  // namespace http
