#pragma once

#include <memory>

#include "gis/read/input.hpp"

namespace gis::read {

/// EDIGEO, Shapefile and GeoPackage through GDAL, each checked by our own eyes before GDAL opens it.
std::unique_ptr<Source> open_gdal_source(const Input& input, const Options& options);

}  // namespace gis::read
