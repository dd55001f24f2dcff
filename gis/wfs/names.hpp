#pragma once

#include <string>
#include <string_view>

namespace gis::wfs {

/// The prefix that Carreau's own documents bind to the namespace of its feature types.
inline constexpr std::string_view feature_prefix = "carreau";

/// The stored query that every WFS 2.0 knows (09-025r2, 7.9.3.6).
inline constexpr std::string_view feature_by_id_query = "urn:ogc:def:query:OGC-WFS::GetFeatureById";
inline constexpr std::string_view simple_feature_by_id_query =
    "http://www.opengis.net/def/query/OGC-WFS/0/GetFeatureById";

/// The one that gives a whole data set (INSPIRE download services, TG 3.1, 7.2), and its short name.
inline constexpr std::string_view spatial_data_set_query =
    "http://inspire.ec.europa.eu/operation/download/GetSpatialDataSet";
inline constexpr std::string_view short_spatial_data_set_query = "GetSpatialDataSet";

inline bool is_feature_by_id_query(std::string_view id) {
    return id == feature_by_id_query || id == simple_feature_by_id_query;
}
inline bool is_spatial_data_set_query(std::string_view id) {
    return id == spatial_data_set_query || id == short_spatial_data_set_query;
}

}  // namespace gis::wfs
