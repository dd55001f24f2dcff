#pragma once

#include <memory>

#include "gis/read/input.hpp"

namespace gis::read {

/// LandXML 1.0 to 2.0, its points alone: "CgPoints" (surveyed points: name, code, desc, altitude), then one layer per
/// surface with its vertices. The file says northing before easting. Read as a whole, at most 300 MB. CRS: the
/// `epsgCode` of its CoordinateSystem. Throws InvalidRequest for what is no such file, or is in feet.
std::unique_ptr<Source> open_landxml_source(const Input& input);

}  // namespace gis::read
