#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/units.hpp"

namespace fetch {

/// The media types that a run keeps, such as "image/*" and "text/html"; none: it keeps all.
class MediaTypes {
 public:
  MediaTypes() = default;

  /// Types with commas between them. Kind of a failure: `bad_url`, with words for the user.
  static base::Result<MediaTypes> parse(std::string_view text);

  bool are_all() const { return types_.empty(); }

  /// `type` is in lower case and without parameters.
  bool have(std::string_view type) const;

  /// As an Accept header has them.
  std::string text() const;

 private:
  std::vector<std::string> types_;
};

/// So many bytes of a body tell its type, if bytes can tell it.
inline constexpr base::Bytes telling_bytes = 512;

/// The media type of what begins with these bytes, or "" when they do not tell.
std::string_view type_of_bytes(std::string_view beginning);

/// Whether a body is wanted by what its head says: nothing there, or only that it is bytes, decides
/// nothing. Kind of a failure: `not_wanted`.
base::Result<void> check_stated_type(const MediaTypes& wanted, std::string_view stated);

/// Whether it is wanted by its first telling_bytes too, or by them alone when the head does not
/// say. They are "" when they are encoded. Kind of a failure: `not_wanted`.
base::Result<void> check_first_bytes(const MediaTypes& wanted, std::string_view stated,
                                     std::string_view beginning);

}  // namespace fetch
