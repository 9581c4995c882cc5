#include "base/failure.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace base {

std::string_view name(Kind kind) {
  static constexpr std::array<std::string_view, kind_count> names = {
      "bad_url",  "scheme",        "resolve",   "connect",   "tls",         "timeout",
      "protocol", "truncated",     "too_large", "redirect",  "http_status", "not_wanted",
      "checksum", "name_conflict", "disk",      "cancelled", "denied",
  };
  return names.at(static_cast<std::size_t>(kind));
}

Failure Failure::advising(std::string_view advice) const {
  return Failure(kind_, code_, fmt::format("{}; {}", words_, advice));
}

Failure disk_failure(int error_number, std::string_view what) {
  const std::string words = std::generic_category().message(error_number);
  return Failure(Kind::disk, error_number, fmt::format("{}: {}", what, words));
}

bool lacks_descriptors(const Failure& failure) {
  return failure.kind() == Kind::disk && (failure.code() == EMFILE || failure.code() == ENFILE);
}

}  // namespace base
