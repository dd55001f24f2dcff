#pragma once

#include <cstddef>
#include <string>

#include "gis/crs/crs.hpp"

namespace gis {

/// A geometry that came in a request: ISO WKB, little endian, two dimensions, x (easting, longitude) before y whatever
/// the authority's axis order, in `crs`. Only simple features without curves, never empty, all coordinates finite.
struct GeometryLiteral {
    std::string wkb;
    Crs crs;

    friend bool operator==(const GeometryLiteral&, const GeometryLiteral&) = default;
};

/// Positions that one geometry of a request may have, all parts together.
inline constexpr std::size_t max_literal_vertices = 10'000;
/// Collections inside collections.
inline constexpr int max_collection_depth = 8;

/// How a geometry text is read.
struct GeometryReading {
    Crs crs;                                      ///< of the text; `crs.northing_first`: the text has y first
    std::string field = "filter";                 ///< what an InvalidRequest names
    std::size_t vertices = max_literal_vertices;  ///< more are refused
};

}  // namespace gis
