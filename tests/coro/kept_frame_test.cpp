#include "coro/kept_frame.hpp"

#include <doctest/doctest.h>

TEST_SUITE_BEGIN("coro");

#ifndef __SANITIZE_ADDRESS__  // with which nothing is kept
TEST_CASE("a frame is kept for the next of its size, and for no other") {
  using coro::KeptFrame;
  void* const first = KeptFrame::operator new(1000);
  KeptFrame::operator delete(first, 1000);
  void* const larger = KeptFrame::operator new(2000);
  CHECK(larger != first);
  void* const next = KeptFrame::operator new(1001);  // both need 16 times 64 bytes
  CHECK(next == first);
  void* const another = KeptFrame::operator new(1000);
  CHECK(another != first);
  KeptFrame::operator delete(another, 1000);
  KeptFrame::operator delete(next, 1001);
  KeptFrame::operator delete(larger, 2000);
}
#endif

TEST_SUITE_END();
