#include "statistics/json_field.hpp"

#include <nlohmann/json.hpp>

namespace statistics {

JsonField::JsonField(std::string_view dotted_name) {
  for (;;) {
    const std::size_t dot = dotted_name.find('.');
    path_.emplace_back(dotted_name.substr(0, dot));
    if (dot == std::string_view::npos) return;
    dotted_name.remove_prefix(dot + 1);
  }
}

JsonField::Found JsonField::in(std::string_view line) const {
  const auto document = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  const bool ends_early = line.find('\0') != std::string_view::npos;  // the parser stops there
  if (!document.is_object() || ends_early) return Wrong{"not a JSON object in one line"};
  const nlohmann::json* value = &document;
  for (const std::string& name : path_) {
    const auto found = value->is_object() ? value->find(name) : value->end();
    if (found == value->end()) return Missing();
    value = &*found;
  }
  if (value->is_null()) return Missing();
  if (!value->is_number()) return Wrong{"the field is no number"};
  return value->get<double>();
}

}  // namespace statistics
