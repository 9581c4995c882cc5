#include "http/basic_authorization.hpp"

#include <openssl/evp.h>

#include <cstddef>

namespace http {

std::string basic_authorization(std::string user_and_password) {
  if (user_and_password.find(':') == std::string::npos) user_and_password += ':';
  const std::size_t size = user_and_password.size();
  std::string encoded((size + 2) / 3 * 4 + 1, '\0');  // the call adds a NUL
  const auto* const bytes = reinterpret_cast<const unsigned char*>(user_and_password.data());
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()), bytes,
                                     static_cast<int>(size));
  encoded.resize(static_cast<std::size_t>(length));
  return "Authorization: Basic " + encoded;
}

}  // namespace http
