#pragma once

#include <optional>

#include "disk/line_reader.hpp"
#include "fetch/job.hpp"

namespace fetch {

/// What a line of a list asks for: a URL, or a JSON object with `url` and if wanted `out`,
/// `headers` and `sha256`; every other key goes into origin.input. Nothing for a blank line or a
/// comment. A BOM at the start of the first line, CR and blanks at both ends are forgiven.
std::optional<Entry> parse_line(const disk::Line& line, const std::string& list);

}  // namespace fetch
