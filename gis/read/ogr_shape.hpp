#pragma once

#include <ogr_geometry.h>

#include <string>
#include <string_view>

#include "gis/read/shape.hpp"

namespace gis::read {

/// Fills `shape` from an OGR geometry: curves become segments, heights and measures are dropped.
/// Returns why it cannot be used (mixed collection, unknown type); empty when all is well.
std::string fill_shape(const OGRGeometry* geometry, Shape& shape);

/// The same from WKB, ISO or extended, either byte order.
std::string fill_shape(std::string_view wkb, Shape& shape);

}  // namespace gis::read
