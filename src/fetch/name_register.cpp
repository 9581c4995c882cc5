#include "fetch/name_register.hpp"

#include <xxhash.h>

#include <algorithm>
#include <string>
#include <utility>

namespace fetch {
namespace {

std::uint64_t key_of(std::string_view text) {
  return std::max<std::uint64_t>(XXH3_64bits(text.data(), text.size()), 1);
}

/// Stands for the name with any extension: no file name has a NUL in it.
std::uint64_t key_of_any_extension(std::string text) {
  text += '\0';
  return key_of(text);
}

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
  insert(name.extension.empty() ? key_of_any_extension(text) : key_of(text));
  return number;
}

void NameRegister::reserve(std::string_view text) {
  insert(key_of(text));
}

bool NameRegister::is_free(const FileName& name, std::uint64_t number) const {
  const std::string text = name.text(number);
  if (has(key_of(text))) return false;
  // With its extension a name is also taken by one without, which may get the same extension.
  if (has(key_of_any_extension(with_extension(name, "", number)))) return false;
  if (!name.extension.empty()) return true;
  return std::none_of(known_extensions().begin(), known_extensions().end(),
                      [&](std::string_view extension) {
                        return has(key_of(with_extension(name, extension, number)));
                      });
}

bool NameRegister::has(Key key) const {
  const std::size_t mask = table_.size() - 1;
  for (std::size_t slot = key & mask;; slot = (slot + 1) & mask) {
    if (table_[slot] == key) return true;
    if (table_[slot] == 0) return false;
  }
}

void NameRegister::insert(Key key) {
  if (has(key)) return;
  if ((count_ + 1) * 8 > table_.size() * 7) grow();
  const std::size_t mask = table_.size() - 1;
  std::size_t slot = key & mask;
  while (table_[slot] != 0) slot = (slot + 1) & mask;
  table_[slot] = key;
  ++count_;
}

void NameRegister::grow() {
  const std::vector<Key> old = std::exchange(table_, std::vector<Key>(table_.size() * 2, 0));
  count_ = 0;
  for (const Key key : old) {
    if (key != 0) insert(key);
  }
}

}  // namespace fetch
