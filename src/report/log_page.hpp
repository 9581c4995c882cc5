#pragma once

#include <string>
#include <string_view>

#include "report/log_review.hpp"

namespace report {

/// Where the things are that a page speaks of.
struct PlaceOfPage {
  std::string log;    ///< its name, for the reader
  std::string files;  ///< the directory of the files, relative to the page's own; "" when the same
};

/// A review as one HTML file that needs nothing else but the pictures that it shows. It runs no
/// script and no style but its own, and whatever a list, a server or a disk has said is text in it.
std::string page_of(const LogReview& review, const PlaceOfPage& place);

/// So many bytes of a page tell that it is one.
inline constexpr std::size_t page_beginning = 256;

bool begins_a_page(std::string_view bytes);

/// A path as a relative URL: never one with a scheme or a host, whatever it is called.
std::string relative_url(std::string_view path);

/// Text as HTML, also between the quotes of an attribute.
std::string html(std::string_view text);

}  // namespace report
