#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/units.hpp"

namespace http {

/// How quickly addresses were connected with, and so when a connection that is not there yet was
/// most likely overlooked.
///
/// A server whose queue of new connections is full throws their first packets away. The system
/// sends each again after 1 s, and then after twice as long each time: those that were made
/// together come back together, and are thrown away again. Who asks anew over another socket gets
/// in sooner: 500 files of a server with a queue of five took 8 s with 50 at once and 32 s with
/// 200, and take half a second.
class ConnectTimes {
 public:
  /// A connection with the address was made in this time. Some thousand addresses are remembered.
  void note(const std::string& address, base::Duration took);

  /// Whether a connection with the address that is not there after `waited` should be made anew:
  /// one was once made in a quarter of that.
  bool is_overlooked(const std::string& address, base::Duration waited) const;

  /// How long to wait before asking that of a connection, when it was asked `times` before for the
  /// same request: 100 ms, then 200, 400 and 800, each with up to as much on top, a little more for
  /// each that asks, so that they do not come back together. Nothing after that: then the packets
  /// of the system are on their way.
  std::optional<base::Duration> patience(int times);

 private:
  std::unordered_map<std::string, base::Duration> best_;
  unsigned asked_ = 0;
};

}  // namespace http
