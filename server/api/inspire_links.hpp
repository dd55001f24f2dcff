#pragma once

#include "server/api/call.hpp"
#include "server/api/documents.hpp"

// The links that INSPIRE's good practice for OGC API - Features (1.0) asks for: records, licences, feature concepts,
// whole data sets as files. Of the data sets that the caller may have.

namespace api {

/// Of the document of all collections.
void add_inspire_links(Json& links, const Services& services, const Call& call);

/// Of the collection of one layer.
void add_inspire_links(Json& links, const gis::Layer& layer, const Services& services, const Call& call);

}  // namespace api
