#include "http/resolver.hpp"

#include <algorithm>
#include <cassert>

#include "http/look_up.hpp"

namespace http {

Resolver::Place Resolver::find(const std::string& name) {
  forget_old();
  return &*names_.try_emplace(name).first;
}

void Resolver::begin(Place place) {
  ++running_;
  place->second.began_at = clock_.now();
  look_up_(place->first);
}

/// A name that nobody asks for any more is not looked up.
void Resolver::begin_next() {
  while (!waiting_.empty() && running_ < most_at_once) {
    const auto found = names_.find(waiting_.front());
    waiting_.pop_front();
    if (found != names_.end() && !found->second.began_at) begin(&*found);
  }
}

void Resolver::answer(const std::string& name, const Answer& answer) {
  const auto found = names_.find(name);
  assert(found != names_.end() && found->second.began_at && !found->second.answer);
  --running_;
  if (answer || is_without_address(answer.error())) {
    remember(found, answer);
  } else {
    auto forgotten = names_.extract(found);
    tell(forgotten.mapped(), answer);
  }
  begin_next();
}

void Resolver::remember(Names::iterator found, const Answer& answer) {
  Name& name = found->second;
  name.answer = answer;
  remembered_.emplace_back(clock_.now(), found->first);
  tell(name, answer);
}

void Resolver::tell(Name& name, const Answer& answer) {
  // One by one: whoever is told may take back the question of another.
  std::reverse(name.asked.begin(), name.asked.end());
  while (!name.asked.empty()) {
    Question& question = *name.asked.back();
    name.asked.pop_back();
    question.place_ = nullptr;
    question.began_at_ = name.began_at;
    question.answer_ = answer;
    const std::function<void()> on_answer = std::move(question.on_answer_);
    if (on_answer) on_answer();
  }
}

void Resolver::forget_old() {
  const base::Time oldest = clock_.now() - life;
  while (!remembered_.empty() &&
         (remembered_.front().first <= oldest || remembered_.size() > most_remembered)) {
    names_.erase(remembered_.front().second);
    remembered_.pop_front();
  }
}

Resolver::Question::Question(Resolver& resolver, const std::string& name,
                             std::function<void()> on_answer)
    : resolver_(resolver), asked_at_(resolver.clock_.now()) {
  const Place place = resolver.find(name);
  answer_ = place->second.answer;
  if (answer_) return;
  place_ = place;
  const bool is_first = place->second.asked.empty() && !place->second.began_at;
  place->second.asked.push_back(this);
  if (is_first) {
    resolver.waiting_.push_back(name);
    resolver.begin_next();
  }
  if (!answer_) on_answer_ = std::move(on_answer);
}

Resolver::Question::~Question() {
  if (!place_) return;
  Name& name = place_->second;
  std::erase(name.asked, this);
  if (name.asked.empty() && !name.began_at)
    resolver_.names_.erase(resolver_.names_.find(place_->first));
}

std::optional<base::Time> Resolver::Question::began_at() const {
  const std::optional<base::Time> began_at = place_ ? place_->second.began_at : began_at_;
  if (!began_at) return std::nullopt;
  return std::max(*began_at, asked_at_);
}

}  // namespace http
