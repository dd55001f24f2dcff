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

}  // namespace gis::wfs
