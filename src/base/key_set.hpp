#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/page_allocator.hpp"

namespace base {

/// A set of evenly spread 64-bit keys, such as hashes, for millions of them: open addressing in a
/// table that is at least 7/10 full once it has grown, so that a key costs at most 12 bytes.
class KeySet {
 public:
  using Key = std::uint64_t;

  bool has(Key key) const { return table_[place_of(key)] != 0; }

  /// False when it was there already.
  bool insert(Key key) {
    std::size_t place = place_of(key);
    if (table_[place] != 0) return false;
    if ((count_ + 1) * 8 > table_.size() * 7) {
      grow();
      place = place_of(key);
    }
    table_[place] = stored(key);
    ++count_;
    return true;
  }

  std::size_t size() const { return count_; }

 private:
  /// 0 is an empty place.
  static Key stored(Key key) { return std::max<Key>(key, 1); }

  /// Where the key is, or the empty place where it belongs. A key's home is its share of the table,
  /// which needs no power of two: Lemire, "Fast random integer generation in an interval", 2019.
  std::size_t place_of(Key key) const {
    __extension__ using Wide = unsigned __int128;
    auto place = static_cast<std::size_t>((Wide(key) * table_.size()) >> 64);
    while (table_[place] != 0 && table_[place] != stored(key))
      place = place + 1 == table_.size() ? 0 : place + 1;
    return place;
  }

  void grow() {
    const auto old = std::exchange(table_, Table(table_.size() / 4 * 5));
    for (const Key key : old)
      if (key != 0) table_[place_of(key)] = key;
  }

  using Table = std::vector<Key, PageAllocator<Key>>;

  Table table_ = Table(64);
  std::size_t count_ = 0;
};

}  // namespace base
