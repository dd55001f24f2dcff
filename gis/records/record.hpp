#pragma once

#include <string>
#include <vector>

#include "gis/filter/filter.hpp"
#include "gis/query/sql_statement.hpp"

namespace gis::records {

/// A way to the data, or to more about them.
struct Link {
    std::string url;
    std::string relation;  ///< IANA: "enclosure", "describedby"
    std::string protocol;  ///< as ISO records say it
    std::string media_type;
    std::string title;
};

/// What a discovery service says of one data set or service. Texts are plain, in French.
struct Record {
    std::string id;
    std::string type;  ///< "dataset", "service"
    std::string title;
    std::string abstract;
    std::vector<std::string> subjects;
    std::string modified;  ///< "2026-01-31"
    std::string publisher;
    std::string format;
    std::vector<std::string> rights;
    std::vector<Link> links;
    GeographicBox extent;
    std::string resource_id;  ///< of a data set: its code
    std::string iso;          ///< the whole ISO 19139 record, with its declaration
};

/// What can be asked of records, as the layer that filters are bound to (CSW 2.0.2, table 6, and the ISO profile):
/// identifier, title, abstract, subject, type, modified, publisher, format, rights, language, resourceidentifier,
/// anytext, and the geometry boundingbox.
const Layer& queryables();

/// The queryable that a name of CSW or of its ISO profile means: "csw:AnyText", "apiso:OrganisationName", "dc:subject".
/// What means none stays as it is, to be refused as an unknown property.
std::string queryable_of(std::string_view name);

/// Each value that records have of a queryable, once, in order; of "subject" and "rights" one by one. None of
/// "anytext".
std::vector<std::string> distinct_values(const std::vector<Record>& records, std::string_view queryable);

struct Sort {
    const Field* field = nullptr;
    bool descending = false;
};

/// The places in `records` of those that match, in order: one int8 each. The database compares, so that filters mean
/// here what they mean on features.
SqlStatement search_sql(const std::vector<Record>& records, const FilterPtr& filter, const std::vector<Sort>& sort);

}  // namespace gis::records
