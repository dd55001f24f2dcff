#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gis/records/record.hpp"

// Catalogue Services 2.0.2 (OGC 07-006r1) with its ISO profile (07-045): requests as plain values, answers as text.

namespace gis::records {

enum class ElementSet { Brief, Summary, Full };
/// The schema that records are answered in.
enum class Schema {
    Csw,  ///< http://www.opengis.net/cat/csw/2.0.2: csw:Record
    Gmd   ///< http://www.isotc211.org/2005/gmd: gmd:MD_Metadata
};

struct GetCapabilities {};

/// Of no schema: of all there are.
struct DescribeRecord {
    std::vector<Schema> schemas;
};

struct GetRecords {
    enum class ResultType { Hits, Results };
    ResultType result_type = ResultType::Hits;
    ElementSet elements = ElementSet::Summary;
    Schema schema = Schema::Csw;
    FilterPtr filter;  ///< bound to queryables(); null: all
    std::vector<Sort> sort;
    std::int64_t start = 1;  ///< the first is 1
    std::int64_t count = 10;
};

struct GetRecordById {
    std::vector<std::string> ids;
    ElementSet elements = ElementSet::Summary;
    Schema schema = Schema::Csw;
};

/// What values parameters ("GetRecords.resultType") and properties ("dc:type") take.
struct GetDomain {
    std::vector<std::string> parameters;
    std::vector<std::string> properties;
};

using CswRequest = std::variant<GetCapabilities, DescribeRecord, GetRecords, GetRecordById, GetDomain>;

/// Key-value pairs, decoded, or the XML of a POST. Throws wfs::ServiceError or InvalidRequest.
CswRequest read_csw_kvp(const std::vector<std::pair<std::string, std::string>>& pairs);
CswRequest read_csw_xml(std::string_view body);

struct CswFacts {
    std::string url;  ///< of the service, without a query
    std::string title;
    std::string abstract;
    std::string organisation;
    std::string email;         ///< empty: none
    std::string metadata_url;  ///< of the service's record
};
std::string csw_capabilities(const CswFacts& facts);
/// The values of a parameter as the capabilities list them; empty where there is none of that name.
std::vector<std::string_view> csw_parameter_values(std::string_view operation, std::string_view parameter);

/// The values that the capabilities list, and those that `records` have: all of a property with few of them, the least
/// and greatest of dates; nothing where the values are no list.
std::string csw_domain(const GetDomain& asked, const std::vector<Record>& records);
/// Where the schemas of the records are.
std::string csw_description(const DescribeRecord& asked);
/// One page. `matched` is how many there are in all.
std::string csw_records(const GetRecords& asked, const std::vector<const Record*>& page, std::int64_t matched,
                        std::string_view time_stamp);
std::string csw_record_by_id(const GetRecordById& asked, const std::vector<const Record*>& found);

/// ows:ExceptionReport of OWS Common 1.0.
std::string csw_exception(std::string_view code, std::string_view locator, std::string_view text);

}  // namespace gis::records
