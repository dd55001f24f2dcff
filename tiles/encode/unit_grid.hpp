#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "gis/query/tile_sql.hpp"
#include "tiles/encode/ring.hpp"
#include "tiles/project/world.hpp"

namespace tiles {

/// How many units a tile's side has, as a power of two, and how much of its neighbours it carries.
struct TileUnits {
    int extent = gis::tile_extent;
    int buffer = gis::tile_buffer;
    unsigned coarseness = 0;  ///< each is 2^coarseness of the finest units
};

/// Tiles with units of 2^coarseness of the common ones.
constexpr TileUnits coarse_units(unsigned coarseness) {
    return {gis::tile_extent >> coarseness, gis::tile_buffer >> coarseness, coarseness};
}

/// The units of the tiles of one zoom on the world grid, counted from a tile's north-western corner. Where a point is
/// rounded to does not depend on the tile.
class UnitGrid {
  public:
    /// Zoom 0 to deepest_world_zoom; x, y of the tile.
    explicit UnitGrid(int z, std::uint32_t x = 0, std::uint32_t y = 0, const TileUnits& units = {})
        : shift_(static_cast<unsigned>(deepest_world_zoom - z) + units.coarseness),
          half_(shift_ == 0 ? 0 : std::uint64_t{1} << (shift_ - 1)),
          origin_{std::int64_t{x} * units.extent, std::int64_t{y} * units.extent} {}

    TilePoint point(WorldPoint p) const {
        return {static_cast<std::int64_t>((p.x + half_) >> shift_) - origin_.x,
                static_cast<std::int64_t>((p.y + half_) >> shift_) - origin_.y};
    }
    /// Of a point in the same units, counted from the world's corner.
    TilePoint in_tile(TilePoint p) const { return {p.x - origin_.x, p.y - origin_.y}; }
    /// A point that is rounded to `p`; what is beyond the world ends at its edge.
    WorldPoint world(TilePoint p) const { return {step(p.x + origin_.x), step(p.y + origin_.y)}; }

  private:
    std::uint32_t step(std::int64_t unit) const {
        return static_cast<std::uint32_t>(std::clamp<std::int64_t>(unit * (std::int64_t{1} << shift_), 0, UINT32_MAX));
    }
    unsigned shift_;
    std::uint64_t half_;
    TilePoint origin_;
};

/// A ring in units of the grid, without repeated points or points on the way from one to the next; in one go, for this
/// is most of the work of making a tile. What has no area has less than three points.
inline void read_ring(std::span<const WorldPoint> points, const UnitGrid& grid, Ring& ring) {
    {
        RingMaker maker(ring, points.size());
        for (const WorldPoint& world : points) maker.add_dropping_straight(grid.point(world));
    }
    close_ring(ring);
}

}  // namespace tiles
