#pragma once

#include <string>

#include "gis/edit/edit.hpp"

namespace gis {

/// A shape as it goes to the database: WKB in the layer's CRS and of its type, or what was expected instead.
struct CheckedShape {
    std::string wkb;       ///< empty: NULL
    std::string expected;  ///< empty: the shape is good

    bool is_good() const { return expected.empty(); }
};

/// Checks type, dimension, finite coordinates, the area of the layer's CRS and validity (OGC 06-103r4, 6.1.11: the
/// reason and the place are told, in the shape's CRS and its authority's axis order), and transforms. A single geometry
/// becomes a multi-geometry where the layer holds those. Throws InvalidRequest when the two CRSs need a grid that is
/// missing.
CheckedShape check_shape(const Layer& layer, const EditGeometry& geometry);

}  // namespace gis
