#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gis/write/inspire/metadata.hpp"

namespace gis::inspire {

/// Where the Atom download service and its parts are. Absolute URLs.
struct AtomAddresses {
    std::string service;      ///< the service feed, which is its id
    std::string data_sets;    ///< a data set's feed is this, '/' and its code
    std::string description;  ///< OpenSearch
    std::string search;       ///< what the templates of the description lead to
    std::string metadata;     ///< a record is this, '/' and the data set's code
};

/// The service feed, a data set's feed and the OpenSearch description of an INSPIRE download service (TG 3.1, 5), after
/// RFC 4287 and OpenSearch 1.1. The entries of a data set's feed are its resources.
std::string atom_service_feed(const AtomAddresses& at, const Contact& contact,
                              const std::vector<DatasetRecord>& data_sets);
std::string atom_data_set_feed(const AtomAddresses& at, const DatasetRecord& data_set);
std::string open_search_description(const AtomAddresses& at, const Contact& contact,
                                    const std::vector<DatasetRecord>& data_sets);

}  // namespace gis::inspire
