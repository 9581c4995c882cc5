#include "fetch/digest.hpp"

#include <fmt/format.h>

#include <array>
#include <new>

namespace fetch {
namespace {

using Digest = std::array<unsigned char, EVP_MAX_MD_SIZE>;

std::string hex_of(const Digest& digest, unsigned size) {
  return fmt::format("{:02x}", fmt::join(digest.begin(), digest.begin() + size, ""));
}

void insist(int status) {
  if (status != 1) throw std::bad_alloc();  // the only way these calls fail
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
  insist(context_ ? EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) : 0);
}

void Sha256::add(std::string_view bytes) {
  insist(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()));
}

std::string Sha256::hex() {
  Digest digest{};
  unsigned size = 0;
  insist(EVP_DigestFinal_ex(context_.get(), digest.data(), &size));
  return hex_of(digest, size);
}

std::string Sha256::base64() {
  Digest digest{};
  unsigned size = 0;
  insist(EVP_DigestFinal_ex(context_.get(), digest.data(), &size));
  std::array<unsigned char, 45> text{};  // with the NUL that the call adds
  const int length = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(size));
  return std::string(text.begin(), text.begin() + length);
}

std::string sha1(std::string_view text) {
  Digest digest{};
  unsigned size = 0;
  insist(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr));
  return hex_of(digest, size);
}

}  // namespace fetch
