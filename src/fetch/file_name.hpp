#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/url.hpp"

namespace fetch {

/// A file name in two parts; the extension begins with its dot or is empty. The stem may begin with
/// directories below the output directory, each with a "/" after it.
struct FileName {
  std::string stem;
  std::string extension;

  /// "stem.ext", or with `number` from 2 up "stem-number.ext". The stem is cut, between characters,
  /// so that the name and what a part file adds to it fit into 255 bytes.
  std::string text(std::uint64_t number = 1) const;
};

/// The parts of `name`. An extension is 1 to 10 letters and digits, at least one of them a letter,
/// after the last dot; the stem before it is not empty.
FileName split_extension(std::string_view name);

/// The last segment of the URL's path, percent-decoded except what a name cannot hold; "index"
/// when there is none. Not yet safe.
std::string name_in_url(const http::Url& url);

/// `name` as it can stand in a directory: no separator, no control or bidi character and no byte
/// that is not UTF-8 (these are written %XX), no leading dot or dash (a "_" goes before it).
std::string make_safe(std::string_view name);

/// A path of names that make_safe() gives.
std::string make_safe_path(std::string_view path);

/// Whether `path` is a name, or several with "/" between them, that leads nowhere but down.
bool leads_down(std::string_view path);

/// The extension, with its dot, of files of that media type, or "" when it is not known.
std::string_view extension_of(std::string_view media_type);

/// Every extension that extension_of() can give, each once.
const std::vector<std::string_view>& known_extensions();

/// How files are named: text with {name} {stem} {ext} {host} {n} {sha1} in it. {ext} is without
/// its dot, and when it is empty a dot before it goes too. `{sha1}` is that of the URL as shown.
class NameTemplate {
 public:
  /// Kind of a failure: `bad_url`, with words for the user.
  static base::Result<NameTemplate> parse(std::string text);

  /// The safe name of the file for `url` in line `n` of its list.
  FileName name_for(const http::Url& url, std::uint64_t n) const;

 private:
  explicit NameTemplate(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

}  // namespace fetch
