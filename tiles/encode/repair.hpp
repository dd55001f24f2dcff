#pragma once

#include <vector>

#include "tiles/encode/ring.hpp"

namespace tiles {

/// Valid polygons on the tile's units that cover what the rings of a polygon cover (even-odd where they cross): the same
/// when they are valid already. By GEOS: make valid, then round to units.
std::vector<TilePolygon> repaired(std::span<const Ring> rings);

}  // namespace tiles
