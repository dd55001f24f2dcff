#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gis::read {

/// How often each id was met. Ids are kept as 64-bit hashes, 16 bytes or so each: two of two million fall together
/// once in ten million imports, and that refusal names the id.
class IdRegistry {
  public:
    /// Counts this meeting; returns how many there were before.
    std::uint32_t meet(std::string_view id);

  private:
    void grow();
    bool insert(std::uint64_t hash);

    std::vector<std::uint64_t> slots_;  // open addressing, at most half full; 0: free
    std::size_t used_ = 0;
    std::unordered_map<std::uint64_t, std::uint32_t> again_;  // of ids met more than once
};

}  // namespace gis::read
