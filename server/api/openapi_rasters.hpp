#pragma once

#include "server/api/documents.hpp"

namespace api {

/// Adds the paths of rasters and of WMTS.
void add_raster_paths(Json& paths);

}  // namespace api
