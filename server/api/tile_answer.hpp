#pragma once

#include <vector>

#include "server/api/handlers.hpp"
#include "server/live/tile_engine.hpp"
#include "tiles/cache/tile_cache.hpp"

namespace api {

/// The answer with a ready tile, for a client that takes gzip or not.
Response respond_with(const tiles::ReadyTile& tile, bool as_gzip);

/// The view's tile, kept or made on this thread; null when another makes it just now, or when memory cannot.
tiles::ReadyTilePtr tile_at_once(live::TileEngine& engine, const live::TileView& view, tiles::TileCoord coord);

/// The layers' tile, from memory where they are held there and current, else from the database: the same encoder makes
/// both. 204 when there is nothing in it.
Answer answer_tile(const Services& services, CallPtr call, std::vector<const gis::Layer*> layers,
                   tiles::TileCoord coord);

}  // namespace api
