#pragma once

#include <pugixml.hpp>

#include "gis/crs/envelope.hpp"
#include "gis/wfs/gml_geometry.hpp"

// GML inside a document that is read already.

namespace gis::wfs {

bool is_gml_geometry(const pugi::xml_node& element);

/// As read_gml. `positions_left` is shared by the geometries of a request and counts down.
GmlGeometry read_gml(const pugi::xml_node& element, const GmlContext& context, const std::string& locator,
                     std::size_t& positions_left);

/// An Envelope or Box. Throws when a lower bound is above the upper one.
Envelope read_gml_envelope(const pugi::xml_node& element, const GmlContext& context, const std::string& locator);

}  // namespace gis::wfs
