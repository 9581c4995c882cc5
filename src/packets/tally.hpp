#pragma once

#include <cstdint>
#include <string>

#include "base/units.hpp"

namespace packets {

/// What became of the packets of a stream.
struct Tally {
  std::uint64_t users = 0;     ///< authorisations that were accepted
  std::uint64_t messages = 0;  ///< in their files
  base::Bytes bytes = 0;       ///< in the files, with the LF of each message

  // Dropped, by reason.
  std::uint64_t not_authorised = 0;    ///< messages of users who are not, or no longer
  std::uint64_t already_active = 0;    ///< auth of a user who is
  std::uint64_t not_connected = 0;     ///< disconnect of a user who is not
  std::uint64_t bad_ids = 0;           ///< lines whose ID is none
  std::uint64_t too_long = 0;          ///< lines over 64 KiB
  std::uint64_t refused_files = 0;     ///< users whose file could not be opened
  std::uint64_t refused_messages = 0;  ///< their messages
  std::uint64_t lost_messages = 0;     ///< that the disk did not take

  std::uint64_t dropped() const {
    return not_authorised + already_active + not_connected + bad_ids + too_long + refused_messages +
           lost_messages;
  }
};

/// A line or two for a human.
std::string summary(const Tally& tally);

}  // namespace packets
