#pragma once

#include <optional>
#include <utility>

#include "tiles/store/wkb.hpp"

namespace tiles {

/// A point inside a polygonal shape, for its text: the middle of the widest stretch on the horizontal line half-way up
/// each polygon, moved between two vertices so that it passes none. The rule is that of ST_PointOnSurface. Nothing for
/// shapes without area.
std::optional<std::pair<double, double>> interior_point(const Shape& shape);

}  // namespace tiles
