#include "gis/wfs/stored_queries.hpp"

#include <fmt/format.h>

#include <initializer_list>
#include <set>

#include "gis/wfs/feature_names.hpp"
#include "gis/wfs/kvp.hpp"
#include "gis/wfs/names.hpp"
#include "gis/wfs/service_error.hpp"

namespace gis::wfs {

namespace {

constexpr std::string_view title = "Un objet par son identifiant";
constexpr std::string_view data_set_title = "Un jeu de données INSPIRE entier";

std::string start(std::string_view element) {
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<wfs:{} xmlns:wfs=\"http://www.opengis.net/wfs/2.0\" "
        "xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:gml=\"http://www.opengis.net/gml/3.2\" xmlns:{}=\"{}\">\n",
        element, feature_prefix, feature_namespace);
}

std::string description(std::string_view id, std::string_view name,
                        std::initializer_list<std::string_view> parameters) {
    std::string text =
        fmt::format("  <wfs:StoredQueryDescription id=\"{}\">\n    <wfs:Title>{}</wfs:Title>\n", id, name);
    for (const std::string_view parameter : parameters)
        text += fmt::format("    <wfs:Parameter name=\"{}\" type=\"xs:string\"/>\n", parameter);
    return text +
           "    <wfs:QueryExpressionText isPrivate=\"true\" returnFeatureTypes=\"\" "
           "language=\"urn:ogc:def:queryLanguage:OGC-WFS::WFS_QueryExpression\"/>\n  </wfs:StoredQueryDescription>\n";
}

}  // namespace

std::string list_stored_queries(const Catalog& catalog, const std::vector<DataSet>& data_sets) {
    std::string text = start("ListStoredQueriesResponse");
    text += fmt::format("  <wfs:StoredQuery id=\"{}\">\n    <wfs:Title>{}</wfs:Title>\n", feature_by_id_query, title);
    for (const Layer& layer : catalog.layers())
        text += fmt::format("    <wfs:ReturnFeatureType>{}:{}</wfs:ReturnFeatureType>\n", feature_prefix, layer.name);
    if (catalog.layers().empty()) text += "    <wfs:ReturnFeatureType/>\n";
    text += "  </wfs:StoredQuery>\n";
    if (!data_sets.empty()) {
        text += fmt::format("  <wfs:StoredQuery id=\"{}\">\n    <wfs:Title>{}</wfs:Title>\n", spatial_data_set_query,
                            data_set_title);
        std::set<std::pair<std::string, std::string>> types;
        for (const DataSet& data_set : data_sets)
            types.insert(data_set.feature_types.begin(), data_set.feature_types.end());
        for (const auto& [type, uri] : types) {
            text += fmt::format("    <wfs:ReturnFeatureType xmlns:{}=\"{}\">{}</wfs:ReturnFeatureType>\n",
                                type.substr(0, type.find(':')), uri, type);
        }
        text += "  </wfs:StoredQuery>\n";
    }
    return text + "</wfs:ListStoredQueriesResponse>\n";
}

std::string describe_stored_queries(const std::vector<std::string>& ids, const std::vector<DataSet>& data_sets) {
    std::vector<std::string> wanted = distinct_ids(ids, "storedquery_id");
    if (wanted.empty()) {
        wanted.emplace_back(feature_by_id_query);
        if (!data_sets.empty()) wanted.emplace_back(spatial_data_set_query);
    }
    std::string text = start("DescribeStoredQueriesResponse");
    for (const std::string& id : wanted) {
        if (is_feature_by_id_query(id)) {
            text += description(id, title, {"ID"});
        } else if (is_spatial_data_set_query(id) && !data_sets.empty()) {
            text += description(id, data_set_title, {"CRS", "DataSetIdCode", "DataSetIdNamespace", "Language"});
        } else {
            throw invalid("storedquery_id", "there is no stored query '" + id.substr(0, 100) + "'");
        }
    }
    return text + "</wfs:DescribeStoredQueriesResponse>\n";
}

}  // namespace gis::wfs
