// Names of files: whatever a URL or a list says, a name is one plain name in its directory, and two
// lines never get the same one.
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "disk/part_file.hpp"
#include "fetch/file_name.hpp"
#include "fetch/name_register.hpp"
#include "insist.hpp"

namespace {

void check(const std::string& name) {
  insist(!name.empty() && disk::part_name(name).size() <= 255);
  insist(name.front() != '.' && name.front() != '-');
  std::string_view rest = name;
  while (!rest.empty()) {
    char32_t character = 0;
    const std::size_t length = base::utf8_character(rest, character);
    insist(length > 0 && character != '/' && character != '\\');
    insist(!base::is_control(character) && !base::is_bidi_control(character));
    rest.remove_prefix(length);
  }
}

}  // namespace

/// Each line is the last segment of a URL and also a name that a list asks for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto usual = fetch::NameTemplate::parse("{name}");
  fetch::NameRegister names;
  std::set<std::string> given;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  while (!rest.empty()) {
    const std::string line(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    fetch::FileName name = fetch::split_extension(fetch::make_safe(line));
    if (const auto url = http::Url::parse("http://h/a/" + line)) name = usual->name_for(*url, 1);
    const std::string text = name.text(names.claim(name));
    check(text);
    insist(given.insert(text).second);
  }
  return 0;
}
