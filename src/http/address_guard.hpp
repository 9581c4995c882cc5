#pragma once

#include <sys/socket.h>

#include <string>

namespace http {

/// Whether an address belongs to the public internet: not to this machine, a private or local
/// network, a documentation or test range, multicast, or nobody. IPv4 that is wrapped in IPv6 (as
/// ::ffff:0:0/96, 64:ff9b::/96, 2002::/16) counts as what is in it. After the registries of special
/// addresses of IANA (RFC 6890). Any other family is not public.
bool is_public(const sockaddr& address);

/// The same for an address as text; false for what is none.
bool is_public(const std::string& address);

}  // namespace http
