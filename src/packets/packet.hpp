#pragma once

#include <cstddef>
#include <string_view>

namespace packets {

/// A line of the stream, taken apart. Its texts last as long as the line.
struct Packet {
  enum class Kind {
    auth,        ///< "auth ID": the user comes
    message,     ///< "ID message"
    disconnect,  ///< "disconnect ID": the user goes
  };

  Kind kind = Kind::message;
  std::string_view id;       ///< perhaps none: see is_id()
  std::string_view message;  ///< byte for byte what follows the one blank after the ID
};

/// `line` is without its LF; one CR at its end is taken off.
inline Packet parse_packet(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t blank = line.find(' ');
  const std::string_view first = line.substr(0, blank);
  const std::string_view rest =
      blank == std::string_view::npos ? std::string_view() : line.substr(blank + 1);
  if (first == "auth") return {Packet::Kind::auth, rest, {}};
  if (first == "disconnect") return {Packet::Kind::disconnect, rest, {}};
  return {Packet::Kind::message, first, rest};
}

/// Whether a user can have this ID: 1 to 64 letters, digits, "_" and "-", so that it can name a
/// file, and neither "auth" nor "disconnect".
bool is_id(std::string_view text);

}  // namespace packets
