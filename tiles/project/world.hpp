#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>
#include <span>
#include <vector>

namespace tiles {

/// A point of the world grid: the square of Web Mercator in 2^32 steps each way, x from the west, y from the north.
/// A step is 9.3 mm of Mercator and one unit of a tile of zoom 20, so a tile's units are reached by shifting.
struct WorldPoint {
    std::uint32_t x = 0;
    std::uint32_t y = 0;
    friend auto operator<=>(const WorldPoint&, const WorldPoint&) = default;
};

/// Deepest zoom whose tiles are made from world points: its unit is the grid's step.
inline constexpr int deepest_world_zoom = 20;

struct WorldBox {
    std::uint32_t min_x = UINT32_MAX;
    std::uint32_t min_y = UINT32_MAX;
    std::uint32_t max_x = 0;
    std::uint32_t max_y = 0;

    void add(WorldPoint p) {
        min_x = std::min(min_x, p.x);
        min_y = std::min(min_y, p.y);
        max_x = std::max(max_x, p.x);
        max_y = std::max(max_y, p.y);
    }
    void add(const WorldBox& other) {
        min_x = std::min(min_x, other.min_x);
        min_y = std::min(min_y, other.min_y);
        max_x = std::max(max_x, other.max_x);
        max_y = std::max(max_y, other.max_y);
    }
    bool meets(const WorldBox& other) const {
        return min_x <= other.max_x && other.min_x <= max_x && min_y <= other.max_y && other.min_y <= max_y;
    }
    friend bool operator==(const WorldBox&, const WorldBox&) = default;
};

inline WorldBox box_of(std::span<const WorldPoint> points) {
    WorldBox box;
    for (const WorldPoint& point : points) box.add(point);
    return box;
}

}  // namespace tiles
