#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gis::inspire {

/// What is wrong in a document, once for each rule, with the first places.
struct Finding {
    std::string rule;    ///< "crs", "nil", "reference" ...
    std::string french;  ///< what to do about it
    std::string english;
    std::int64_t count = 0;
    std::vector<std::string> places;  ///< gml:id of the object and what is wrong there; ten at most
};

struct CheckReport {
    std::int64_t objects = 0;
    std::vector<Finding> findings;
};

/// Looks for what makes INSPIRE documents fail beyond their schema: collection and schema location, CRS, nil reasons,
/// code lists, ids and references, rings and surfaces, order of dates, units. Validity by the schemas is xmllint's to
/// say. The whole document is held in memory. Throws gis::InvalidRequest when it is no XML.
CheckReport check_document(std::string_view xml);

}  // namespace gis::inspire
