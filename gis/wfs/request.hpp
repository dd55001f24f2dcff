#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gis/crs/envelope.hpp"
#include "gis/filter/filter.hpp"
#include "gis/layer/catalog.hpp"
#include "gis/wfs/capabilities.hpp"
#include "gis/wfs/crs_name.hpp"
#include "gis/wfs/transaction.hpp"
#include "gis/wfs/version.hpp"

namespace gis::wfs {

/// What requests are read against: the layers the caller sees, which outlive what is read.
struct RequestContext {
    const Catalog& catalog;
    const std::vector<Crs>& offered;
};

struct GetCapabilities {
    Version version = Version::V2_0_0;  ///< negotiated
    Sections sections;
};

struct DescribeFeatureType {
    std::vector<const Layer*> layers;  ///< all of the catalogue's when none was named
};

struct SortItem {
    const Field* field = nullptr;
    bool descending = false;
};

/// One Query: features of one layer.
struct Query {
    const Layer* layer = nullptr;
    CrsName crs;             ///< of the answer; the layer's own when none was named
    bool crs_asked = false;  ///< by srsName
    std::string srs_name;    ///< how the answer names it
    FilterPtr filter;        ///< null: everything
    std::optional<Envelope> bbox;
    std::vector<SortItem> sort;
    std::vector<const Field*> fields;  ///< of the answer; empty with `all_properties`
    bool all_properties = true;
    bool with_geometry = true;
};

enum class ResultType { Results, Hits };

/// GetFeature and, with `value_reference`, GetPropertyValue.
struct GetFeature {
    std::vector<Query> queries;
    ResultType result_type = ResultType::Results;
    std::int64_t start_index = 0;
    std::optional<std::int64_t> count;
    std::string output_format;    ///< as asked; empty: the default
    std::string value_reference;  ///< GetPropertyValue: a field, the geometry, or "@gml:id"
    bool is_property_value = false;
    bool single_feature = false;  ///< GetFeatureById: the feature itself is the answer, and must be there
    /// The request as key-value pairs, its page and result type apart: what links to other pages are made of.
    std::vector<std::pair<std::string, std::string>> as_kvp;
};

/// A whole INSPIRE data set; as asked, to be held against what is offered. Its parameter Language (ISO 639-2/B) is not
/// read: whatever it says, the data come in the one language they have.
struct GetSpatialDataSet {
    std::string crs;
    std::string code;
    std::string id_namespace;
    ResultType result_type = ResultType::Results;
};

struct ListStoredQueries {};
struct DescribeStoredQueries {
    std::vector<std::string> ids;  ///< all of them when none was named
};

/// A request, checked and read against the catalogue.
struct Request {
    Version version = Version::V2_0_0;
    std::variant<GetCapabilities, DescribeFeatureType, GetFeature, GetSpatialDataSet, ListStoredQueries,
                 DescribeStoredQueries, Transaction>
        operation;
};

/// Key-value pairs, decoded (GET, or POST of a form). Throws ServiceError or InvalidRequest.
Request read_kvp_request(const std::vector<std::pair<std::string, std::string>>& pairs, const RequestContext& context);

/// The XML body of a POST. Throws ServiceError or InvalidRequest.
Request read_xml_request(std::string_view body, const RequestContext& context);

/// The version whose words an answer to a request that cannot be read should use: what VERSION or the version attribute
/// says, 2.0.0 when nothing does.
Version version_for_errors(const std::vector<std::pair<std::string, std::string>>& pairs, std::string_view body);

}  // namespace gis::wfs
