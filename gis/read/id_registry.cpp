#include "gis/read/id_registry.hpp"

#include <algorithm>
#include <functional>

namespace gis::read {

std::uint32_t IdRegistry::meet(std::string_view id) {
    const std::uint64_t hash = std::max<std::uint64_t>(std::hash<std::string_view>{}(id), 1);
    if (2 * (used_ + 1) > slots_.size()) grow();
    if (insert(hash)) return 0;
    return ++again_[hash];
}

bool IdRegistry::insert(std::uint64_t hash) {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
        if (slots_[at] == hash) return false;
        if (slots_[at] != 0) continue;
        slots_[at] = hash;
        ++used_;
        return true;
    }
}

void IdRegistry::grow() {
    const std::vector<std::uint64_t> old = std::move(slots_);
    slots_.assign(std::max<std::size_t>(1024, 2 * old.size()), 0);
    used_ = 0;
    for (const std::uint64_t hash : old) {
        if (hash != 0) insert(hash);
    }
}

}  // namespace gis::read
