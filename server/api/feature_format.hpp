#pragma once

#include "gis/write/formats.hpp"
#include "server/api/handlers.hpp"

namespace api {

/// What a page of features is asked as, by `f` or else by the Accept header; null: HTML. GeoJSON when neither says
/// anything that is known. Throws InvalidRequest when `f` names no streamed format.
const gis::Format* page_format(const http::Request& request);

/// The same for an export, where every format is possible but HTML.
const gis::Format& export_format(const http::Request& request);

/// Throws InvalidRequest when the format has no place for a layer without geometry.
void require_geometry(const gis::Format& format, const gis::Layer& layer);

/// The document's provenance, for formats that have a place for it.
gis::Provenance provenance_for(const gis::Layer& layer, const http::Request& request);

/// Content-Crs, and a link to the licence where it has an address: what the formats themselves may not say.
void describe_answer(Response& response, const gis::Layer& layer, const gis::Crs& crs);

}  // namespace api
