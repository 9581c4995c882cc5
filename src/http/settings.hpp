#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/units.hpp"

namespace http {

/// HTTP/2 is spoken over TLS only, when the server offers it.
enum class Version { up_to_2, up_to_1_1 };

/// What is the same for every request of a run.
struct Settings {
  std::chrono::milliseconds connect_timeout{10'000};  ///< name, connection and TLS together
  std::chrono::milliseconds stall_timeout{30'000};    ///< no byte came
  std::optional<std::chrono::milliseconds> max_time;  ///< one request in all
  std::optional<base::Bytes> max_size;
  std::optional<base::Bytes> bytes_per_second;  ///< of all bodies together
  Version version = Version::up_to_2;
  std::string user_agent;
  std::optional<std::string> proxy;  ///< nothing: what the environment says
  std::string ca_file;               ///< "": the system's
  bool verify_peer = true;
  bool denies_private = false;  ///< connects to public addresses only; see address_guard.hpp
  std::size_t connections = 0;  ///< idle ones kept for reuse, at most
  base::Bytes receive_buffer = 16 * base::KiB;  ///< of each request that runs; 512 KiB at most
  base::Bytes body_memory = 32 * base::MiB;
};

/// The versions of libcurl and its TLS library that are running, as "7.88.1 (OpenSSL/3.0.15)".
std::string libcurl_version();

}  // namespace http
