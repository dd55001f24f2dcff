#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "tiles/project/world.hpp"

namespace tiles {

/// A ring (its last point is not repeated) or a line, as a stretch of one array of points.
struct Stretch {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    bool closed = false;
    double width = std::numeric_limits<double>::infinity();  ///< of the polygon it bounds, on average, in steps
};

/// How far the simplified line may lie from the true one.
struct Tolerance {
    double units = 3;        ///< of a tile: 3/8 of a pixel of a 512-pixel tile
    double of_width = 0.25;  ///< in strips
};

/// The lowest zoom at which each point is needed to draw its stretch, 0 to `full_zoom`, where all are. Douglas-Peucker
/// between the points where borders part: a border that two stretches share is cut at the same points for both, so
/// neighbours stay neighbours at every zoom. A strip keeps its area: its line lies within a part of its width from the
/// true one at all zooms where it is a unit wide.
std::vector<std::uint8_t> detail_zooms(std::span<const WorldPoint> points, std::span<const Stretch> stretches,
                                       int full_zoom, const Tolerance& tolerance = {});

}  // namespace tiles
