#pragma once

#include <optional>
#include <string>

#include "gis/edit/edit.hpp"
#include "server/http/request.hpp"

namespace api {

/// What a body of OGC API – Features Part 4 asks. What is no feature, or holds what is no value, is among the request's
/// problems, to be told together with the rest.
struct EditBody {
    gis::EditRequest request;
    bool is_collection = false;  ///< a FeatureCollection: Insert only
};

/// Reads GeoJSON: a Feature, or a FeatureCollection to insert; for Update also a JSON merge patch of a feature (RFC
/// 7396), whose geometry is replaced as a whole. `id` is the path's. Coordinates are in `crs` and its authority's axis
/// order. Throws gis::InvalidRequest when the body is no JSON, nests too deep or names a member twice.
EditBody read_edit_body(const std::string& body, const gis::Layer& layer, gis::Edit::Kind kind,
                        const std::optional<std::string>& id, const gis::Crs& crs);

/// The CRS of the header Content-Crs, with angle brackets or without; CRS84 when it is absent. Throws
/// gis::InvalidRequest.
gis::Crs content_crs(const http::Request& request, const std::vector<gis::Crs>& offered);

/// The versions that If-Match names; empty when it is absent or "*". Throws gis::InvalidRequest.
std::vector<std::string> expected_versions(const http::Request& request);

/// The entity tag of a feature: its version, then what tells apart the representations of that version.
std::string feature_etag(const std::string& version, std::string_view representation);

}  // namespace api
