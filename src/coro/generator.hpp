#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

namespace coro {

/// What close() throws into a generator at the point where it waits.
struct GeneratorExit {};

/// A two-way generator, with the meaning of PEP 342: the coroutine gives values out with
/// `co_yield`, whose result is what the caller sends in (nothing for a plain next()). It may
/// `co_return` a value, which close() and result() hand over. `Return` must not be void; use an
/// empty struct where there is nothing to return.
///
///   Generator<Answer, Question, Summary> talk = ...;
///   talk.next();                      // runs to the first co_yield
///   auto answer = talk.send(question);
///   auto summary = talk.close();
template <class Yield, class Send, class Return>
class [[nodiscard]] Generator {
 public:
  class promise_type;

  explicit Generator(std::coroutine_handle<promise_type> frame) : frame_(frame) {}
  Generator(Generator&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Generator& operator=(Generator&&) = delete;
  ~Generator() {
    if (frame_) frame_.destroy();
  }

  bool is_done() const { return frame_.done(); }

  /// Runs to the next co_yield and gives what it yields; nothing when the generator returned.
  std::optional<Yield> next() { return resume_with(std::nullopt, nullptr); }

  /// The same, and the waiting co_yield gives `value`. Before the first next() there is no co_yield
  /// that could take a value: that is a std::logic_error.
  std::optional<Yield> send(Send value) {
    if (!has_begun()) throw std::logic_error("send() to a generator that has not begun");
    return resume_with(std::optional<Send>(std::move(value)), nullptr);
  }

  /// Throws `exception` at the waiting co_yield; what the generator does not catch comes back out.
  std::optional<Yield> throw_in(std::exception_ptr exception) {
    if (!has_begun()) return end_unbegun(exception);
    return resume_with(std::nullopt, std::move(exception));
  }

  /// Throws GeneratorExit at the waiting co_yield. Gives what the generator then returns, or
  /// nothing when it lets the exception pass, has ended before or never began. A generator that
  /// yields once more instead is wrong: std::logic_error.
  std::optional<Return> close() {
    if (is_done()) return std::nullopt;
    try {
      if (throw_in(std::make_exception_ptr(GeneratorExit())))
        throw std::logic_error("a generator went on after it was closed");
    } catch (const GeneratorExit&) {
      return std::nullopt;
    }
    return result();
  }

  /// What the generator returned; nothing before that, or when it ended by an exception.
  std::optional<Return> result() const { return frame_.promise().returned_; }

 private:
  bool has_begun() const { return frame_.promise().has_begun_; }

  std::optional<Yield> resume_with(std::optional<Send> value, std::exception_ptr exception) {
    promise_type& promise = frame_.promise();
    if (frame_.done()) {
      if (exception) std::rethrow_exception(exception);
      return std::nullopt;
    }
    promise.has_begun_ = true;
    promise.sent_ = std::move(value);
    promise.thrown_in_ = std::move(exception);
    promise.yielded_.reset();
    frame_.resume();
    if (promise.escaped_) std::rethrow_exception(std::exchange(promise.escaped_, nullptr));
    return std::move(promise.yielded_);
  }

  /// As in Python, a generator that never began ends where it stands and runs none of its body.
  std::optional<Yield> end_unbegun(const std::exception_ptr& exception) {
    frame_.promise().thrown_in_ = exception;
    frame_.promise().has_begun_ = true;
    frame_.resume();
    std::rethrow_exception(std::exchange(frame_.promise().escaped_, nullptr));
  }

  std::coroutine_handle<promise_type> frame_;
};

template <class Yield, class Send, class Return>
class Generator<Yield, Send, Return>::promise_type {
 public:
  Generator get_return_object() {
    return Generator(std::coroutine_handle<promise_type>::from_promise(*this));
  }

  /// Waits for the first next(); an exception thrown in before it ends the body before it begins.
  auto initial_suspend() noexcept { return Begin(*this); }
  std::suspend_always final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { escaped_ = std::current_exception(); }

  auto yield_value(Yield value) {
    yielded_ = std::move(value);
    return Exchange(*this);
  }

  void return_value(Return value) { returned_ = std::move(value); }

 private:
  friend class Generator;

  class Begin {
   public:
    explicit Begin(promise_type& promise) : promise_(promise) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    void await_resume() const { promise_.throw_what_was_thrown_in(); }

   private:
    promise_type& promise_;
  };

  class Exchange {
   public:
    explicit Exchange(promise_type& promise) : promise_(promise) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) const noexcept {}
    std::optional<Send> await_resume() const {
      promise_.throw_what_was_thrown_in();
      return std::move(promise_.sent_);
    }

   private:
    promise_type& promise_;
  };

  void throw_what_was_thrown_in() {
    if (thrown_in_) std::rethrow_exception(std::exchange(thrown_in_, nullptr));
  }

  bool has_begun_ = false;
  std::optional<Yield> yielded_;
  std::optional<Send> sent_;
  std::optional<Return> returned_;
  std::exception_ptr thrown_in_;
  std::exception_ptr escaped_;
};

}  // namespace coro
