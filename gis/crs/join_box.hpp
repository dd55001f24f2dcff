#pragma once

#include <algorithm>
#include <optional>

#include "gis/crs/crs.hpp"

namespace gis {

/// Makes `all` the smallest box around what it was and `box`; nothing is none. Boxes do not cross the antimeridian.
inline void join_box(std::optional<GeographicBox>& all, const GeographicBox& box) {
    all = !all ? box
               : GeographicBox{std::min(all->west, box.west), std::min(all->south, box.south),
                               std::max(all->east, box.east), std::max(all->north, box.north)};
}

}  // namespace gis
