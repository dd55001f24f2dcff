#pragma once

#include <string>

#include "gis/layer/catalog.hpp"
#include "gis/wfs/capabilities.hpp"

namespace gis::wfs {

/// ListStoredQueriesResponse and DescribeStoredQueriesResponse of WFS 2.0.0 (09-025r2, 14): GetFeatureById, which gives
/// features of every layer of the catalogue (7.9.3.6), and GetSpatialDataSet where there are data sets.
std::string list_stored_queries(const Catalog& catalog, const std::vector<DataSet>& data_sets);
/// Of `ids`, or of all. Throws ServiceError where one is none of them.
std::string describe_stored_queries(const std::vector<std::string>& ids, const std::vector<DataSet>& data_sets);

}  // namespace gis::wfs
