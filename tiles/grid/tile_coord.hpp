#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "gis/crs/crs.hpp"

namespace tiles {

/// Deepest zoom that is answered: one unit of its 4,096-unit tile is 1.5 mm on the ground at 50° north.
inline constexpr int max_zoom = 22;

/// A tile of WebMercatorQuad: zoom level z, column x from the west, row y from the north.
struct TileCoord {
    int z = 0;
    std::uint32_t x = 0;
    std::uint32_t y = 0;

    friend bool operator==(TileCoord, TileCoord) = default;
};

/// Reads three path parts. Throws InvalidRequest naming the bad part when it is no number, and NotFound when the
/// tile is outside the matrix set.
TileCoord parse_tile_coord(std::string_view z, std::string_view x, std::string_view y);

/// The tile's box in EPSG:3857 metres: min x, min y, max x, max y.
std::array<double, 4> tile_bounds(TileCoord coord);

/// The tile's box in degrees: its edges are meridians and parallels.
gis::GeographicBox tile_box(TileCoord coord);

/// Tiles of one zoom that cover `box` (clipped to the Mercator world): first and last column, first and last row.
struct TileRange {
    std::uint32_t min_x = 0, min_y = 0, max_x = 0, max_y = 0;
};
TileRange tiles_covering(const gis::GeographicBox& box, int z);

}  // namespace tiles
