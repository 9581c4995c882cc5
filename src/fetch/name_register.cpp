#include "fetch/name_register.hpp"

#include <xxhash.h>

#include <algorithm>
#include <string>

#include "base/text.hpp"

namespace fetch {
namespace {

std::string with_extension(const FileName& name, std::string_view extension, std::uint64_t number) {
  FileName other = name;
  other.extension = extension;
  return other.text(number);
}

}  // namespace

std::uint64_t NameRegister::claim(const FileName& name) {
  std::uint64_t number = 1;
  if (!is_free(name, number)) {
    std::uint64_t& next = next_number_.try_emplace(key_of(name.text()), 2).first->second;
    while (!is_free(name, next)) ++next;
    number = next++;
  }
  const std::string text = name.text(number);
  taken_.insert(name.extension.empty() ? key_of_any_extension(text) : key_of(text));
  for (std::size_t slash = text.find('/'); slash != std::string::npos;
       slash = text.find('/', slash + 1))
    taken_.insert(key_of(text.substr(0, slash + 1)));
  return number;
}

bool NameRegister::is_below_file(const FileName& name) const {
  for (std::size_t slash = name.stem.find('/'); slash != std::string::npos;
       slash = name.stem.find('/', slash + 1)) {
    const std::string directory = name.stem.substr(0, slash);
    if (taken_.has(key_of(directory)) || taken_.has(key_of_any_extension(directory))) return true;
  }
  return false;
}

void NameRegister::reserve(std::string_view text) {
  taken_.insert(key_of(text));
}

std::uint64_t NameRegister::key_of(std::string_view text) const {
  if (!folds_case_) return XXH3_64bits(text.data(), text.size());
  const std::u32string folded = base::fold_case(text);
  return XXH3_64bits(folded.data(), folded.size() * sizeof(char32_t));
}

std::uint64_t NameRegister::key_of_any_extension(std::string text) const {
  text += '\0';
  return key_of(text);
}

/// By a file, or by a directory.
bool NameRegister::is_taken(const std::string& text) const {
  return taken_.has(key_of(text)) || taken_.has(key_of(text + '/'));
}

bool NameRegister::is_free(const FileName& name, std::uint64_t number) const {
  const std::string text = name.text(number);
  if (is_taken(text)) return false;
  // With its extension a name is also taken by one without, which may get the same extension.
  if (taken_.has(key_of_any_extension(with_extension(name, "", number)))) return false;
  if (!name.extension.empty()) return true;
  return std::none_of(known_extensions().begin(), known_extensions().end(),
                      [&](std::string_view extension) {
                        return is_taken(with_extension(name, extension, number));
                      });
}

}  // namespace fetch
