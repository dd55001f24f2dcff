#pragma once

#include <vector>

#include "tiles/encode/ring.hpp"

namespace tiles {

/// Valid polygons on the tile's units that cover what a polygon's rings cover inside the box; the rings are not clipped
/// yet and may cross or touch after rounding. By GEOS: each ring made valid, holes taken away, cut and rounded in one
/// (overlay with snap rounding). Exact where ring.hpp's clipping leaves edges along the box, and slower.
std::vector<TilePolygon> repaired(std::span<const Ring> rings, const ClipBox& box);
/// The same, not cut.
std::vector<TilePolygon> repaired(std::span<const Ring> rings);

/// The same by the shortest way: clipped ring by ring where that leaves them plain.
std::vector<TilePolygon> cut(std::span<const Ring> rings, const ClipBox& box);

/// The union of polygons on any whole units, valid or not, without borders between those that touch. Points on
/// straight edges stay: neighbours may have them too.
std::vector<TilePolygon> united(std::span<const TilePolygon> polygons);

}  // namespace tiles
