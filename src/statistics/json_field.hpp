#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace statistics {

/// A field of JSON objects, such as `seconds.total`: the names of nested objects with dots between.
class JsonField {
 public:
  /// The line has no such field, or it is null.
  struct Missing {};
  /// The line is no JSON object, or the field is no number.
  struct Wrong {
    std::string_view reason;
  };
  using Found = std::variant<double, Missing, Wrong>;

  explicit JsonField(std::string_view dotted_name);

  /// The number that `line` has there; it is finite.
  Found in(std::string_view line) const;

 private:
  std::vector<std::string> path_;
};

}  // namespace statistics
