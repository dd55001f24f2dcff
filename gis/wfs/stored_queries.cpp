#include "gis/wfs/stored_queries.hpp"

#include <fmt/format.h>

#include "gis/wfs/feature_names.hpp"
#include "gis/wfs/names.hpp"

namespace gis::wfs {

namespace {

constexpr std::string_view title = "Un objet par son identifiant";

std::string start(std::string_view element) {
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<wfs:{} xmlns:wfs=\"http://www.opengis.net/wfs/2.0\" "
        "xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:gml=\"http://www.opengis.net/gml/3.2\" xmlns:{}=\"{}\">\n",
        element, feature_prefix, feature_namespace);
}

}  // namespace

std::string list_stored_queries(const Catalog& catalog) {
    std::string text = start("ListStoredQueriesResponse");
    text += fmt::format("  <wfs:StoredQuery id=\"{}\">\n    <wfs:Title>{}</wfs:Title>\n", feature_by_id_query, title);
    for (const Layer& layer : catalog.layers())
        text += fmt::format("    <wfs:ReturnFeatureType>{}:{}</wfs:ReturnFeatureType>\n", feature_prefix, layer.name);
    if (catalog.layers().empty()) text += "    <wfs:ReturnFeatureType/>\n";
    return text + "  </wfs:StoredQuery>\n</wfs:ListStoredQueriesResponse>\n";
}

std::string describe_stored_queries() {
    std::string text = start("DescribeStoredQueriesResponse");
    text += fmt::format(
        "  <wfs:StoredQueryDescription id=\"{}\">\n    <wfs:Title>{}</wfs:Title>\n"
        "    <wfs:Parameter name=\"ID\" type=\"xs:string\"/>\n"
        "    <wfs:QueryExpressionText isPrivate=\"true\" returnFeatureTypes=\"\" "
        "language=\"urn:ogc:def:queryLanguage:OGC-WFS::WFS_QueryExpression\"/>\n  </wfs:StoredQueryDescription>\n",
        feature_by_id_query, title);
    return text + "</wfs:DescribeStoredQueriesResponse>\n";
}

}  // namespace gis::wfs
