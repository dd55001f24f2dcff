#pragma once

#include <string>

#include "gis/layer/catalog.hpp"

namespace gis::wfs {

/// ListStoredQueriesResponse and DescribeStoredQueriesResponse of WFS 2.0.0: GetFeatureById is the only one there is
/// (09-025r2, 7.9.3.6 and 14). It gives features of every layer of the catalogue.
std::string list_stored_queries(const Catalog& catalog);
std::string describe_stored_queries();

}  // namespace gis::wfs
