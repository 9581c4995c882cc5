#include "fetch/media_type.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"

namespace fetch {
namespace {

using namespace std::string_view_literals;

/// Bytes at an offset that tell a type, and at `then_at` those that tell it from others like it.
struct Signature {
  std::string_view type;
  std::string_view bytes;
  std::size_t at = 0;
  std::string_view then = {};
  std::size_t then_at = 8;
};

constexpr std::array signatures = std::to_array<Signature>({
    {"image/png", "\x89PNG\r\n\x1a\n"sv},
    {"image/jpeg", "\xff\xd8\xff"sv},
    {"image/gif", "GIF87a"sv},
    {"image/gif", "GIF89a"sv},
    {"image/webp", "RIFF"sv, 0, "WEBP"sv},
    {"image/avif", "ftyp"sv, 4, "avif"sv},
    {"image/avif", "ftyp"sv, 4, "avis"sv},
    {"image/heic", "ftyp"sv, 4, "heic"sv},
    {"image/heic", "ftyp"sv, 4, "heix"sv},
    {"image/heic", "ftyp"sv, 4, "mif1"sv},
    {"image/jxl", "\0\0\0\x0cJXL \r\n\x87\n"sv},
    {"image/jxl", "\xff\x0a"sv},
    {"image/tiff", "II*\0"sv},
    {"image/tiff", "MM\0*"sv},
    {"video/mp4", "ftyp"sv, 4},
    {"video/webm", "\x1a\x45\xdf\xa3"sv},
    {"application/pdf", "%PDF-"sv},
    {"application/zip", "PK\x03\x04"sv},
    {"application/gzip", "\x1f\x8b\x08"sv},
});

/// Other types whose bodies begin in the same way: they contradict nothing.
struct Likeness {
  std::string_view type;
  std::string_view other;
};

constexpr std::array likenesses = std::to_array<Likeness>({
    {"image/png", "image/apng"},
    {"image/png", "image/x-png"},
    {"image/jpeg", "image/jpg"},
    {"image/jpeg", "image/pjpeg"},
    {"image/avif", "image/heif"},
    {"image/heic", "image/heif"},
    {"image/heic", "image/avif"},
    {"image/tiff", "image/*"},
    {"image/svg+xml", "text/xml"},
    {"image/svg+xml", "application/xml"},
    {"text/html", "application/xhtml+xml"},
    {"video/mp4", "video/*"},
    {"video/mp4", "audio/*"},
    {"video/webm", "video/*"},
    {"video/webm", "audio/*"},
    {"application/pdf", "application/*"},
    {"application/zip", "application/*"},
    {"application/zip", "model/*"},
    {"application/gzip", "application/*"},
});

/// Whether `pattern`, a type or one with * for what comes after its slash, stands for `type`.
bool matches(std::string_view pattern, std::string_view type) {
  if (pattern == "*/*") return true;
  if (!pattern.ends_with("/*")) return pattern == type;
  return type.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool is_like(std::string_view type, std::string_view stated) {
  return std::any_of(likenesses.begin(), likenesses.end(), [&](const Likeness& each) {
    return each.type == type && matches(each.other, stated);
  });
}

/// A type as RFC 9110, 8.3.1 has it, or with * for one of its halves or both.
bool is_type(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto is_word = [](std::string_view word) {
    constexpr std::string_view marks = "!#$&^_.+-";
    return !word.empty() && std::all_of(word.begin(), word.end(), [&](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
             marks.find(c) != std::string_view::npos;
    });
  };
  if (slash == std::string_view::npos) return false;
  const std::string_view after = text.substr(slash + 1);
  return text == "*/*" || (is_word(text.substr(0, slash)) && (after == "*" || is_word(after)));
}

bool says_nothing(std::string_view stated) {
  return stated.empty() || stated == "application/octet-stream" || stated == "binary/octet-stream";
}

std::string_view type_of_markup(std::string_view beginning) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (beginning.starts_with(byte_order_mark)) beginning.remove_prefix(byte_order_mark.size());
  const std::string text = base::to_lower(base::trim(beginning.substr(0, telling_bytes)));
  for (const std::string_view tag : {"<!doctype html", "<html", "<head", "<body"})
    if (text.starts_with(tag)) return "text/html";
  // Before its first element XML has declarations and comments.
  const bool has_prolog =
      text.starts_with("<?xml") || text.starts_with("<!--") || text.starts_with("<!doctype svg");
  if (!has_prolog && !text.starts_with("<svg")) return "";
  const std::size_t svg = text.find("<svg");
  const std::size_t html = text.find("<html");
  if (svg == html) return "";  // neither is there
  return svg < html ? "image/svg+xml" : "text/html";
}

base::Failure not_wanted(std::string words) {
  return base::Failure(base::Kind::not_wanted, 0, std::move(words));
}

}  // namespace

base::Result<MediaTypes> MediaTypes::parse(std::string_view text) {
  MediaTypes parsed;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string type = base::to_lower(base::trim(text.substr(0, comma)));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    if (!is_type(type))
      return base::Failure(
          base::Kind::bad_url, 0,
          fmt::format("'{}' is no media type (examples: image/*, text/html)", type));
    parsed.types_.push_back(type);
  }
  return parsed;
}

bool MediaTypes::have(std::string_view type) const {
  return are_all() || std::any_of(types_.begin(), types_.end(), [&](const std::string& pattern) {
           return matches(pattern, type);
         });
}

std::string MediaTypes::text() const {
  return fmt::format("{}", fmt::join(types_, ", "));
}

std::string_view type_of_bytes(std::string_view beginning) {
  const auto has = [&](std::size_t at, std::string_view bytes) {
    return beginning.size() >= at + bytes.size() && beginning.substr(at).starts_with(bytes);
  };
  for (const Signature& each : signatures)
    if (has(each.at, each.bytes) && has(each.then.empty() ? 0 : each.then_at, each.then))
      return each.type;
  return type_of_markup(beginning);
}

base::Result<void> check_stated_type(const MediaTypes& wanted, std::string_view stated) {
  if (says_nothing(stated) || wanted.have(stated)) return {};
  return not_wanted(
      fmt::format("its type is {}, and not {}", base::printable(stated), wanted.text()));
}

base::Result<void> check_first_bytes(const MediaTypes& wanted, std::string_view stated,
                                     std::string_view beginning) {
  if (wanted.are_all()) return {};
  const std::string_view found = type_of_bytes(beginning);
  const bool is_stated = wanted.have(stated) && !stated.empty();
  if (is_stated && found.empty()) return {};
  if (found.empty())
    return not_wanted("no type is said, and its first bytes are those of none that is known");
  if (wanted.have(found) || (is_stated && is_like(found, stated))) return {};
  if (says_nothing(stated))
    return not_wanted(
        fmt::format("its first bytes are those of {}, and not {}", found, wanted.text()));
  return not_wanted(fmt::format("it is said to be {}, but its first bytes are those of {}",
                                base::printable(stated), found));
}

}  // namespace fetch
