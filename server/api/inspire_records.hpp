#pragma once

#include <string>
#include <vector>

#include "gis/access/scope.hpp"
#include "gis/write/inspire/metadata.hpp"
#include "server/api/inspire_data_sets.hpp"

// What is said of INSPIRE data sets to the world: in records, feeds and catalogues.

namespace api {

/// One data set, with a resource for each CRS: a file where one is prepared, else an answer of the WFS. `everybody` is
/// the scope of who shows nothing: what is open is open to him.
gis::inspire::DatasetRecord inspire_record(const InspireDataSet& data_set, const Services& services, const Call& call,
                                           const gis::Scope& everybody);

/// All those that the caller may have.
std::vector<gis::inspire::DatasetRecord> inspire_records(const Services& services, const Call& call,
                                                         const gis::Scope& everybody);

/// The service that gives them.
gis::inspire::ServiceRecord inspire_service_record(const std::vector<InspireDataSet>& data_sets,
                                                   const Services& services, const http::Request& request);

}  // namespace api
