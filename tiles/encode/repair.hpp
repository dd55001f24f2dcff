#pragma once

#include <vector>

#include "tiles/encode/ring.hpp"

namespace tiles {

/// Valid polygons on the tile's units that cover what `polygon` covers (even-odd where it crosses itself): itself when
/// it is valid already. By GEOS: make valid, then round to units.
std::vector<TilePolygon> repaired(TilePolygon polygon);

}  // namespace tiles
