#pragma once

#include <vector>

#include "server/api/handlers.hpp"
#include "tiles/grid/tile_coord.hpp"

namespace api {

/// The layers' tile, from memory where they are held there and current, else from the database: the same encoder makes
/// both. 204 when there is nothing in it.
Answer answer_tile(const Services& services, CallPtr call, std::vector<const gis::Layer*> layers,
                   tiles::TileCoord coord);

}  // namespace api
