#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gis::inspire {

/// The polygons of a polygon or multipolygon as views into its WKB, without those that have no rings; empty for any
/// other geometry, for one without polygons, and where a ring is open, has less than four positions, or one that is no
/// number.
std::vector<std::string_view> polygons_of(std::string_view wkb);

/// The lines of a line or multiline in the same way; empty where one has less than two positions, or one that is no
/// number.
std::vector<std::string_view> lines_of(std::string_view wkb);

/// A multipolygon (WKB) of `polygons`.
std::string multi_polygon(const std::vector<std::string_view>& polygons);

}  // namespace gis::inspire
