#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gis/crs/envelope.hpp"
#include "gis/layer/layer.hpp"
#include "gis/query/feature_query.hpp"
#include "server/http/request.hpp"

namespace api {

inline constexpr int default_limit = 1000;  // QGIS pages by max(1000, this); smaller pages cost it a request each
inline constexpr int max_limit = 10'000;

enum class Representation { AsJson, AsHtml };

/// `f=` (json, geojson, html) or else the Accept header; JSON when neither asks for HTML. Throws InvalidRequest.
Representation representation(const http::Request& request);

/// Refuses query parameters outside `known` and those given twice (OGC 17-069r4, 7.5: unknown ones are an error).
void require_known(const http::Request& request, const std::vector<std::string_view>& known);

int parse_limit(const http::Request& request);

/// A whole number from 0 to `most`; nothing when the parameter is absent.
std::optional<int> parse_count(const http::Request& request, std::string_view name, int most);

/// The parameter's text, empty when it is absent.
std::string query_text(const http::Request& request, std::string_view name);

/// The CRS that parameter `name` gives, CRS84 when absent. Throws InvalidRequest listing what is offered.
gis::Crs parse_crs(const http::Request& request, const char* name, const std::vector<gis::Crs>& offered);

/// `bbox` in `bbox-crs`, x before y whatever the authority's axis order; nothing when absent.
std::optional<gis::Envelope> parse_bbox(const http::Request& request, const std::vector<gis::Crs>& offered);

/// The CRSs a layer is offered in: its own too.
std::vector<gis::Crs> offered_for(const gis::Layer& layer, const std::vector<gis::Crs>& offered);

/// Everything of a page request but the token. Throws InvalidRequest naming the parameter.
gis::FeatureQuery parse_feature_query(const http::Request& request, const gis::Layer& layer,
                                      const std::vector<gis::Crs>& offered);

/// The request's query string again, encoded, without the parameters named and with `extra` appended ("&a=b").
std::string query_without(const http::Request& request, std::initializer_list<std::string_view> names,
                          std::string_view extra = "");

/// Percent-encodes what may not stand in a query value. CRS URIs stay readable.
std::string encode_query_value(std::string_view text);

/// Percent-encodes a part of a path: as a query value, and '/' too.
std::string encode_path_segment(std::string_view text);

}  // namespace api
