#include "fetch/file_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/text.hpp"
#include "disk/part_file.hpp"
#include "fetch/digest.hpp"

namespace fetch {
namespace {

/// The most common extension of each type; IANA's media types, and what browsers save.
constexpr std::array extensions = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"image/jpeg", ".jpg"},        {"image/png", ".png"},
    {"image/gif", ".gif"},         {"image/webp", ".webp"},
    {"image/avif", ".avif"},       {"image/jxl", ".jxl"},
    {"image/heic", ".heic"},       {"image/svg+xml", ".svg"},
    {"image/tiff", ".tif"},        {"image/bmp", ".bmp"},
    {"image/x-icon", ".ico"},      {"image/vnd.microsoft.icon", ".ico"},
    {"text/html", ".html"},        {"application/xhtml+xml", ".xhtml"},
    {"text/plain", ".txt"},        {"text/css", ".css"},
    {"text/csv", ".csv"},          {"text/markdown", ".md"},
    {"text/xml", ".xml"},          {"application/xml", ".xml"},
    {"text/javascript", ".js"},    {"application/javascript", ".js"},
    {"application/json", ".json"}, {"application/pdf", ".pdf"},
    {"application/zip", ".zip"},   {"application/gzip", ".gz"},
    {"application/x-tar", ".tar"}, {"application/zstd", ".zst"},
    {"audio/mpeg", ".mp3"},        {"audio/ogg", ".ogg"},
    {"audio/wav", ".wav"},         {"audio/flac", ".flac"},
    {"video/mp4", ".mp4"},         {"video/webm", ".webm"},
    {"font/woff2", ".woff2"},
});

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::optional<unsigned char> hex_value(char c) {
  if (is_digit(c)) return static_cast<unsigned char>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned char>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned char>(c - 'A' + 10);
  return std::nullopt;
}

/// The byte that a "%XX" at the start of `text` stands for.
std::optional<char> percent_decoded(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return std::nullopt;
  const auto high = hex_value(text[1]);
  const auto low = hex_value(text[2]);
  if (!high || !low) return std::nullopt;
  return static_cast<char>(*high << 4 | *low);
}

/// `text` up to `most` bytes, without cutting a character in two.
std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

void append_percent_encoded(std::string& text, std::string_view bytes) {
  for (const char byte : bytes)
    fmt::format_to(std::back_inserter(text), "%{:02X}", static_cast<unsigned char>(byte));
}

/// The placeholder that `text` begins with, braces included, or "".
std::string_view placeholder(std::string_view text) {
  if (!text.starts_with('{')) return {};
  const std::size_t end = text.find('}');
  return end == std::string_view::npos ? std::string_view() : text.substr(0, end + 1);
}

}  // namespace

std::string FileName::text(std::uint64_t number) const {
  const std::string suffix = number < 2 ? extension : fmt::format("-{}{}", number, extension);
  const std::size_t directories = stem.rfind('/') + 1;  // their length, 0 without any
  const std::size_t most = disk::longest_name - std::min(suffix.size(), disk::longest_name);
  std::string name(cut(stem, directories + most));
  return name += suffix;
}

FileName split_extension(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {std::string(name), ""};
  const std::string_view extension = name.substr(dot + 1);
  const bool is_one = !extension.empty() && extension.size() <= 10 &&
                      std::all_of(extension.begin(), extension.end(),
                                  [](char c) { return is_letter(c) || is_digit(c); }) &&
                      std::any_of(extension.begin(), extension.end(), is_letter);
  if (!is_one) return {std::string(name), ""};
  return {std::string(name.substr(0, dot)), std::string(name.substr(dot))};
}

std::string name_in_url(const http::Url& url) {
  const std::string& path = url.path();
  std::string_view segment = path;
  segment.remove_prefix(path.rfind('/') + 1);
  std::string name;
  while (!segment.empty()) {
    const std::optional<char> byte = percent_decoded(segment);
    if (!byte) {
      name += segment.front();
      segment.remove_prefix(1);
      continue;
    }
    // Beyond ASCII it is a part of some character; which ones are safe shows when it is whole.
    const auto code = static_cast<unsigned char>(*byte);
    const bool is_ascii_control = code < 0x80 && base::is_control(code);
    const bool fits = *byte != '/' && *byte != '\\' && !is_ascii_control;
    if (fits)
      name += *byte;
    else
      name += segment.substr(0, 3);
    segment.remove_prefix(3);
  }
  return name.empty() ? "index" : name;
}

std::string make_safe(std::string_view name) {
  std::string safe;
  if (name.starts_with('.') || name.starts_with('-')) safe = "_";
  while (!name.empty()) {
    char32_t code_point = 0;
    const std::size_t length = base::utf8_character(name, code_point);
    const std::string_view character = name.substr(0, std::max<std::size_t>(length, 1));
    if (length == 0 || base::is_control(code_point) || base::is_bidi_control(code_point) ||
        code_point == '/' || code_point == '\\')
      append_percent_encoded(safe, character);
    else
      safe += character;
    name.remove_prefix(character.size());
  }
  return safe.empty() ? "index" : safe;
}

std::string make_safe_path(std::string_view path) {
  std::string safe;
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos;
       slash = path.find('/')) {
    (safe += make_safe(path.substr(0, slash))) += '/';
    path.remove_prefix(slash + 1);
  }
  return safe += make_safe(path);
}

bool leads_down(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) return false;
  for (;;) {
    const std::size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    if (name.empty() || name == "." || name == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

std::string_view extension_of(std::string_view media_type) {
  const auto found = std::find_if(extensions.begin(), extensions.end(),
                                  [&](const auto& row) { return row.first == media_type; });
  return found == extensions.end() ? std::string_view() : found->second;
}

const std::vector<std::string_view>& known_extensions() {
  static const std::vector<std::string_view> known = [] {
    std::vector<std::string_view> all;
    for (const auto& [type, extension] : extensions) all.push_back(extension);
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  }();
  return known;
}

base::Result<NameTemplate> NameTemplate::parse(std::string text) {
  const auto refuse = [](std::string words) {
    return base::Failure(base::Kind::bad_url, 0, std::move(words));
  };
  constexpr std::array known = {"{name}", "{stem}", "{ext}", "{host}", "{n}", "{sha1}"};
  if (text.empty()) return refuse("a name template cannot be empty");
  if (text.find('/') != std::string::npos) return refuse("a name template cannot contain a /");
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view field = placeholder(rest);
    if (rest.starts_with('{') && std::find(known.begin(), known.end(), field) == known.end())
      return refuse(fmt::format("a name template knows {}, not {}", fmt::join(known, " "),
                                field.empty() ? rest : field));
    rest.remove_prefix(std::max<std::size_t>(field.size(), 1));
  }
  return NameTemplate(std::move(text));
}

FileName NameTemplate::name_for(const http::Url& url, std::uint64_t n) const {
  const std::string whole = name_in_url(url);
  const FileName parts = split_extension(whole);
  std::string name;
  for (std::string_view rest = text_; !rest.empty();) {
    const std::string_view field = placeholder(rest);
    if (field == "{name}") name += whole;
    if (field == "{stem}") name += parts.stem;
    if (field == "{host}") name += url.host();
    if (field == "{n}") name += std::to_string(n);
    if (field == "{sha1}") name += sha1(url.shown());
    if (field == "{ext}" && !parts.extension.empty()) name += parts.extension.substr(1);
    if (field == "{ext}" && parts.extension.empty() && name.ends_with('.')) name.pop_back();
    if (field.empty()) name += rest.front();
    rest.remove_prefix(std::max<std::size_t>(field.size(), 1));
  }
  return split_extension(make_safe(name));
}

}  // namespace fetch
