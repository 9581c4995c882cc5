#pragma once

#include <cassert>
#include <optional>
#include <utility>
#include <variant>

#include "base/failure.hpp"

namespace base {

/// A value, or the Failure that stands in its place. Member names follow std::expected.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : is_(std::in_place_index<0>, std::move(value)) {}
  Result(Failure failure) : is_(std::in_place_index<1>, std::move(failure)) {}

  bool has_value() const { return is_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() { return std::get<0>(is_); }
  const T& value() const { return std::get<0>(is_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Failure& error() const { return std::get<1>(is_); }

 private:
  std::variant<T, Failure> is_;
};

/// Nothing, or the Failure of what was to be done.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Failure failure) : failure_(std::move(failure)) {}

  bool has_value() const { return !failure_; }
  explicit operator bool() const { return has_value(); }
  const Failure& error() const { return failure_.value(); }

 private:
  std::optional<Failure> failure_;
};

}  // namespace base
