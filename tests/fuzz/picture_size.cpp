// The beginnings of files that a stranger's server sent: nothing outside them is read, and a size
// that is told is one that can be.
#include "report/picture_size.hpp"

#include <cstdint>
#include <string>
#include <string_view>

#include "insist.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto told = report::picture_size(bytes);
  if (!told) return 0;
  insist(told->width > 0 && told->height > 0);
  // What follows the header changes nothing.
  std::string longer(bytes);
  insist(report::picture_size(longer.append(longer)) == told);
  return 0;
}
