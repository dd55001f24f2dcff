#pragma once

#include "gis/layer/catalog.hpp"
#include "server/api/documents.hpp"

namespace api {

/// The API as OpenAPI 3.0, with one items path for each layer so that clients find its property filters.
Json openapi_document(const gis::Catalog& catalog, const Services& services, const std::string& base_url);

}  // namespace api
