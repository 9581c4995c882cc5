#pragma once

#include <cstdlib>

/// What must hold for whatever a fuzzer finds.
inline void insist(bool holds) {
  if (!holds) std::abort();
}
