#pragma once

#include <string>

#include "server/api/handlers.hpp"
#include "server/api/raster_facts.hpp"

// The handlers of rasters. Who asks sees those whose rows he may read.

namespace api {

Answer rasters(const Services& services, CallPtr call);
Answer raster(const Services& services, CallPtr call);
Answer raster_value(const Services& services, CallPtr call);
Answer raster_legend(const Services& services, CallPtr call);
Answer raster_png(const Services& services, CallPtr call);
Answer raster_webp(const Services& services, CallPtr call);
Answer draft_raster_png(const Services& services, CallPtr call);

// wmts.cpp
Answer web_map_tile_service(const Services& services, CallPtr call);
Answer wmts_capabilities(const Services& services, CallPtr call);

/// Those that the caller may read.
boost::asio::awaitable<std::vector<RasterFacts>> rasters_of(const Services& services, CallPtr call);
/// Throws gis::NotFound, the same for what is not there and what he may not see.
boost::asio::awaitable<RasterFacts> require_raster(const Services& services, CallPtr call, std::string name);
/// A tile of a raster that the caller may see.
Answer answer_raster_tile(const Services& services, RasterPicture picture, tiles::TileCoord coord);

}  // namespace api
