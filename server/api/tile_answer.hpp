#pragma once

#include <vector>

#include "server/api/handlers.hpp"
#include "tiles/grid/tile_coord.hpp"

namespace tiles {
class ReadyTile;
}

namespace api {

/// The answer with a ready tile, for a client that takes gzip or not.
Response respond_with(const tiles::ReadyTile& tile, bool as_gzip);

/// The layers' tile, from memory where they are held there and current, else from the database: the same encoder makes
/// both. 204 when there is nothing in it.
Answer answer_tile(const Services& services, CallPtr call, std::vector<const gis::Layer*> layers,
                   tiles::TileCoord coord);

}  // namespace api
