#pragma once

#include <memory>

#include "gis/read/input.hpp"

namespace gis::read {

/// A GeoTIFF as one feature: the ground it covers, and what is known of it. When its `fichier` is asked for, the raster
/// is written into `Options::rasters` as a cloud optimised GeoTIFF in the same CRS, and `fichier` names it: photos as
/// JPEG with a mask for what is not seen, values unchanged (deflate). Throws InvalidRequest when the image cannot be
/// placed on the ground or is none we read.
std::unique_ptr<Source> open_raster_source(const Input& input, const Options& options);

}  // namespace gis::read
