#pragma once

#include <span>
#include <string>

#include "gis/layer/layer.hpp"
#include "gis/wfs/version.hpp"

namespace gis::wfs {

/// The GML application schema of these layers, flat: one element by field, all of simple type, and the geometry.
/// GML 3.2 for 2.0.0, 3.1.1 for 1.1.0, 2.1.2 for 1.0.0. Elements stand in the order in which answers write them; none
/// is mandatory, for PROPERTYNAME may leave any out and NULL is not written.
std::string feature_schema(Version version, std::span<const Layer* const> layers);

}  // namespace gis::wfs
