#pragma once

#include <memory>

#include "gis/read/input.hpp"

namespace gis::read {

/// An exchange of the simplified street plan (PCRS, CNIG, version 2, GML 3.2) by GDAL's GML driver: its objects in
/// three layers, `points`, `lignes`, `surfaces`, with their class in the field `type`. The geometries of an affleurant
/// bear its attributes. Curves become segments. Throws InvalidRequest when it holds no object of the standard, or when
/// its objects are in several CRS.
std::unique_ptr<Source> open_pcrs_source(const Input& input);

}  // namespace gis::read
