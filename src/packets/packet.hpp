#pragma once

#include <string_view>

namespace packets {

/// A line of the stream, understood. Its texts last as long as the line.
struct Packet {
  enum class Kind {
    auth,        ///< "auth ID": the user comes
    message,     ///< "ID message"
    disconnect,  ///< "disconnect ID": the user goes
    bad_id,      ///< none of these
  };

  Kind kind = Kind::bad_id;
  std::string_view id;
  std::string_view message;  ///< byte for byte what follows the one blank after the ID
};

/// `line` is without its LF; one CR at its end is taken off. An ID is 1 to 64 letters, digits, "_"
/// and "-", so that it can name a file, and is neither "auth" nor "disconnect".
Packet parse_packet(std::string_view line);

}  // namespace packets
