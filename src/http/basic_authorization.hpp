#pragma once

#include <string>

namespace http {

/// The header line that tells `user_and_password` ("user:password"; without a colon the password is
/// empty): RFC 7617.
std::string basic_authorization(std::string user_and_password);

}  // namespace http
