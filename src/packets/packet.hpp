#pragma once

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
Packet parse_packet(std::string_view line);

/// Whether a user can have this ID: 1 to 64 letters, digits, "_" and "-", so that it can name a
/// file, and neither "auth" nor "disconnect".
bool is_id(std::string_view text);

}  // namespace packets
