#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "gis/geometry/geometry_literal.hpp"

namespace gis {

/// Reads a GeoJSON geometry object (RFC 7946, 3.1): type and coordinates or geometries; heights are read and dropped,
/// other members are ignored. Positions are x, y unless `reading.crs.northing_first`. Throws InvalidRequest.
GeometryLiteral geometry_from_geojson(const nlohmann::json& geometry, const GeometryReading& reading);

/// The same of a text. Nesting beyond 64 is refused while it is read.
GeometryLiteral parse_geojson_geometry(std::string_view text, const GeometryReading& reading);

}  // namespace gis
