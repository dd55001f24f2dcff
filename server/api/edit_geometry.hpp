#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace api {

/// A GeoJSON geometry (RFC 7946, 3.1) as ISO WKB, or what was expected instead. Heights are kept; a collection is
/// refused as whatever a layer of points, lines or areas does not hold.
struct ReadGeometry {
    std::string wkb;
    std::string expected;  ///< empty: it is good
};

/// `northing_first`: positions have y before x.
ReadGeometry read_geometry(const nlohmann::json& geometry, bool northing_first);

}  // namespace api
