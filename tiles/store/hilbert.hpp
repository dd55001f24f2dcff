#pragma once

#include <cstdint>

#include "tiles/project/world.hpp"

namespace tiles {

/// The place of a point on a Hilbert curve through the world grid: near places are near points.
inline std::uint64_t hilbert_key(WorldPoint p) {
    std::uint32_t x = p.x;
    std::uint32_t y = p.y;
    std::uint64_t key = 0;
    for (std::uint32_t side = 1U << 31U; side > 0; side >>= 1U) {
        const std::uint32_t rx = (x & side) != 0 ? 1 : 0;
        const std::uint32_t ry = (y & side) != 0 ? 1 : 0;
        key = key << 2U | ((3U * rx) ^ ry);
        if (ry == 0) {
            if (rx == 1) {
                x = ~x;
                y = ~y;
            }
            const std::uint32_t other = x;
            x = y;
            y = other;
        }
    }
    return key;
}

}  // namespace tiles
