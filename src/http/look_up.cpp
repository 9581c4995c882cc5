#include "http/look_up.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>

#include <array>
#include <memory>

namespace http {
namespace {

// A name with more addresses than these has no need of the rest.
constexpr int most_addresses = 64;

std::string text_of(const sockaddr& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.sa_family == AF_INET) {
    const auto& host = reinterpret_cast<const sockaddr_in&>(address).sin_addr;
    return inet_ntop(AF_INET, &host, text.data(), text.size());
  }
  const auto& host = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  return fmt::format("[{}]", inet_ntop(AF_INET6, &host, text.data(), text.size()));
}

}  // namespace

base::Result<std::string> look_up(const std::string& host) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int status = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (status != 0) return resolve_failure(status, host);
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owned(found, freeaddrinfo);

  std::string addresses;
  int count = 0;
  for (const addrinfo* each = found; each && count < most_addresses; each = each->ai_next) {
    if (each->ai_family != AF_INET && each->ai_family != AF_INET6) continue;
    if (++count > 1) addresses += ',';
    addresses += text_of(*each->ai_addr);
  }
  if (addresses.empty()) return resolve_failure(EAI_NODATA, host);
  return addresses;
}

base::Failure resolve_failure(int number, const std::string& host) {
  return base::Failure(base::Kind::resolve, number,
                       fmt::format("cannot resolve {}: {}", host, gai_strerror(number)));
}

bool is_without_address(const base::Failure& failure) {
  const int code = failure.code();
  return failure.kind() == base::Kind::resolve &&
         (code == EAI_NONAME || code == EAI_NODATA || code == EAI_ADDRFAMILY);
}

}  // namespace http
