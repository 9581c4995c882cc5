#pragma once

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

namespace fetch {

/// The SHA-256 of bytes that come in pieces (FIPS 180-4).
class Sha256 {
 public:
  Sha256();
  void add(std::string_view bytes);

  /// 64 lower-case hexadecimal digits; once, at the end.
  std::string hex();

  /// 44 characters of base64; once, at the end, instead of hex().
  std::string base64();

 private:
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

/// The SHA-1 of `text` as 40 lower-case hexadecimal digits. For names, not for trust.
std::string sha1(std::string_view text);

}  // namespace fetch
