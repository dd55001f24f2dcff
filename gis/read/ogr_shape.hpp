#pragma once

#include <ogr_geometry.h>

#include <string>

#include "gis/read/shape.hpp"

namespace gis::read {

/// Fills `shape` from an OGR geometry: curves become segments, heights and measures are dropped.
/// Returns why it cannot be used (mixed collection, unknown type); empty when all is well.
std::string fill_shape(const OGRGeometry* geometry, Shape& shape);

}  // namespace gis::read
