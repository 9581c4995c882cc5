#pragma once

#include <string>
#include <string_view>

namespace base {

/// What became impossible, as the `kind` of a record says it. `name()` gives the word.
enum class Kind {
  bad_url,
  scheme,
  resolve,
  connect,
  tls,
  timeout,
  protocol,
  truncated,
  too_large,
  redirect,
  http_status,
  not_wanted,
  checksum,
  name_conflict,
  disk,
  cancelled,
  denied,
};

inline constexpr int kind_count = static_cast<int>(Kind::denied) + 1;

std::string_view name(Kind kind);

/// An expected failure: made once, where the number is known, with the context in words, and
/// passed up unchanged. Decisions look at kind() and code(), never at words().
class Failure {
 public:
  /// `code`: HTTP status, CURLcode, errno or (negative) EAI_ number, as the kind says; 0 where the
  /// source has none.
  Failure(Kind kind, int code, std::string words)
      : kind_(kind), code_(code), words_(std::move(words)) {}

  Kind kind() const { return kind_; }
  int code() const { return code_; }
  const std::string& words() const { return words_; }

  /// The same, with what whoever reads it may try: "WORDS; ADVICE".
  Failure advising(std::string_view advice) const;

 private:
  Kind kind_;
  int code_;
  std::string words_;
};

/// A failure of this machine's files: "WHAT: the system's words for `error_number`".
Failure disk_failure(int error_number, std::string_view what);

/// Whether such a failure will pass when this process, or the system, has fewer files open.
bool lacks_descriptors(const Failure& failure);

}  // namespace base
