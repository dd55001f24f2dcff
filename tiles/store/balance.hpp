#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "tiles/encode/ring.hpp"
#include "tiles/store/level_shapes.hpp"

namespace tiles {

/// The points that only one ring of these shapes goes through, and once: where they are moved, no neighbours part.
class LonePoints {
  public:
    explicit LonePoints(const LevelShapes& shapes);
    bool holds(TilePoint point) const;

  private:
    std::vector<TilePoint> points_;  // sorted
};

/// Moves lone points of a polygon, shell first, by one unit each so that it has `wanted` square units more, or less
/// where that is negative, as near as that comes. A polygon without touching edges stays one; others are left alone.
/// Gives what it has more.
double balance(std::span<Ring> rings, const LonePoints& lone, double wanted);

}  // namespace tiles
