#pragma once

#include <string>
#include <vector>

#include "gis/gdal_messages.hpp"

// GDAL as far as rasters need it. Only sources include this.

namespace raster {

using gis::DatasetPtr;
using gis::GdalMessages;

/// Registers the drivers of rasters, once: GeoTIFF to read, memory and WebP to write. Nothing else is opened.
void prepare_gdal();

/// Opens a GeoTIFF read-only, without looking at the files beside it. Null when it is none.
DatasetPtr open_geotiff(const std::string& path, const std::vector<std::string>& open_options = {});

}  // namespace raster
