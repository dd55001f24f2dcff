#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gis/filter/filter.hpp"
#include "gis/wfs/version.hpp"

namespace gis::wfs {

/// Reads a Filter element: FES 2.0 (OGC 09-026r2) or Filter Encoding 1.1 and 1.0 (04-095, 02-059), told apart by the
/// version of the service for the order of coordinates only. At most 64 deep and 1,000 nodes. Unknown properties,
/// functions and operators are refused by name. Throws ServiceError or InvalidRequest, both naming `locator`.
FilterPtr read_filter(std::string_view xml, const Layer& layer, const std::vector<Crs>& offered, Version version,
                      const std::string& locator = "filter");

/// The name that a path of a filter or SORTBY means: "carreau:parcelle/carreau:contenance[1]" -> "contenance". What is
/// no such path stays as it is, to be refused as an unknown property.
std::string property_name(std::string_view path, const Layer& layer);

}  // namespace gis::wfs
