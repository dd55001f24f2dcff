#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gis/crs/crs.hpp"
#include "gis/wfs/version.hpp"

namespace gis::wfs {

inline constexpr std::size_t max_gml_positions = 500'000;  ///< of one request's geometries together: 16 MB of WKB

/// What a geometry without srsName stands in, and how its numbers are ordered.
struct GmlContext {
    Version version = Version::V2_0_0;
    Crs default_crs;
    const std::vector<Crs>& offered;
    bool keep_z = true;  ///< else heights are read and dropped
};

/// A geometry that came as GML: ISO WKB, x (easting, longitude) before y, Z kept where the context says so.
struct GmlGeometry {
    std::string wkb;
    Crs crs;
};

/// Reads one GML 2, 3.1 or 3.2 geometry: Point, LineString, Polygon, Multi*, Curve and Surface of straight pieces,
/// CompositeCurve and CompositeSurface, Envelope and Box (as the polygon they bound). Arcs, splines and solids are
/// refused by name. Throws ServiceError at `locator`.
GmlGeometry read_gml(std::string_view xml, const GmlContext& context, const std::string& locator);

}  // namespace gis::wfs
