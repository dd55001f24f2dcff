#pragma once

#include <memory>

#include "gis/read/input.hpp"

namespace gis::read {

/// GeoJSON (RFC 7946), plain or .gz, read as a stream: memory does not grow with the file.
/// A "crs" member of the 2008 draft is honoured when it stands before the features.
std::unique_ptr<Source> open_geojson_source(const Input& input);

}  // namespace gis::read
