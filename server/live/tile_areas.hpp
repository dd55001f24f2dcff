#pragma once

#include <span>
#include <vector>

#include "tiles/cache/tile_cache.hpp"
#include "tiles/project/world.hpp"

namespace live {

/// The tiles whose content may show what lies in the boxes, buffers included, from `min_zoom` to `max_zoom` (at most
/// tiles::deepest_world_zoom).
std::vector<tiles::TileArea> areas_of(std::span<const tiles::WorldBox> boxes, int min_zoom, int max_zoom);

}  // namespace live
