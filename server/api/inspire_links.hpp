#pragma once

#include "server/api/documents.hpp"
#include "server/api/inspire_data_sets.hpp"

// The links that INSPIRE's good practice for OGC API - Features (1.0) asks for: records, licences, feature concepts,
// whole data sets as files. `data_sets` are those that the caller may have.

namespace api {

/// Of the document of all collections.
void add_inspire_links(Json& links, const std::vector<InspireDataSet>& data_sets, const Services& services,
                       const Call& call);

/// Of the collection of one layer.
void add_inspire_links(Json& links, const gis::Layer& layer, const std::vector<InspireDataSet>& data_sets,
                       const http::Request& request);

}  // namespace api
