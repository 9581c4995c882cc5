#pragma once

#include <string_view>

namespace report {

// The files report.html, report.css and report.js of this folder, as the build has embedded them.
extern const std::string_view page_frame;
extern const std::string_view page_style;
extern const std::string_view page_script;

}  // namespace report
