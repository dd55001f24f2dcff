#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "gis/access/scope.hpp"
#include "gis/layer/layer.hpp"
#include "server/api/services.hpp"
#include "server/http/response.hpp"

// What several families say in their JSON documents.

namespace api {

using Json = nlohmann::ordered_json;

inline constexpr std::string_view geojson_type = "application/geo+json";
inline constexpr std::string_view openapi_type = "application/vnd.oai.openapi+json;version=3.0";
inline constexpr std::string_view schema_type = "application/schema+json";
inline constexpr std::string_view mvt_type = "application/vnd.mapbox-vector-tile";

Json link(std::string href, std::string_view rel, std::string_view type, std::string_view title = "");

/// self and alternate links of a document that exists as JSON and HTML at `url` (without query).
Json document_links(const std::string& url, std::string_view json_type = "application/json");

/// A document as JSON, or as the HTML page that `html` makes of it, as the request wants.
http::Response json_response(const Json& document, std::string_view type = "application/json");

/// Where the text of a well-known licence stands; empty for others.
std::string_view licence_url(const std::string& licence);

/// One entry of /collections, also the document of /collections/{layer}. With links to the exports when the caller may.
Json describe_collection(const gis::Layer& layer, const std::vector<gis::Crs>& offered, const std::string& base_url,
                         const gis::Scope& scope);

}  // namespace api
