#pragma once

namespace http {

/// Has HTTP/2 streams fail that a server ends in the middle of a body, and calls that no error. To
/// be called before libcurl is used: by itself it takes such an end for the body's when there is no
/// length (7.88 as well as 8.14), and neither an option nor an information tells the two apart.
void let_cut_streams_fail();

}  // namespace http
