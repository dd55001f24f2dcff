#pragma once

#include "gis/filter/filter.hpp"

namespace gis {

/// The filter checked against the layer and ready for SQL, whatever parser made it: size and depth within bounds, types
/// that can be compared, literals that are values of what they meet, patterns that end well, geometry literals valid
/// (OGC 06-103r4, 6.1.11) and brought into the layer's CRS, long edges with points in between. Throws InvalidRequest
/// naming `parameter`. This is what FeatureQuery::filter wants.
FilterPtr bind_filter(Filter filter, const Layer& layer, const std::string& parameter = "filter");

}  // namespace gis
