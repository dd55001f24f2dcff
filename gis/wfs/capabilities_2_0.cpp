// Capabilities of WFS 2.0.0 (OGC 09-025r2, 8.3), with the conformance that is proven and no more.

#include <fmt/format.h>

#include <array>
#include <utility>

#include "gis/wfs/capabilities_common.hpp"
#include "gis/wfs/crs_name.hpp"
#include "gis/wfs/feature_names.hpp"
#include "gis/wfs/names.hpp"
#include "gis/write/xml_text.hpp"

namespace gis::wfs {

namespace {

using Flag = std::pair<std::string_view, bool>;

constexpr std::array<Flag, 14> service_conformance{{{"ImplementsSimpleWFS", true},
                                                    {"ImplementsBasicWFS", true},
                                                    {"ImplementsLockingWFS", false},
                                                    {"KVPEncoding", true},
                                                    {"XMLEncoding", true},
                                                    {"SOAPEncoding", false},
                                                    {"ImplementsInheritance", false},
                                                    {"ImplementsRemoteResolve", false},
                                                    {"ImplementsResultPaging", true},
                                                    {"ImplementsStandardJoins", false},
                                                    {"ImplementsSpatialJoins", false},
                                                    {"ImplementsTemporalJoins", false},
                                                    {"ImplementsFeatureVersioning", false},
                                                    {"ManageStoredQueries", false}}};

constexpr std::array<Flag, 15> filter_conformance{{{"ImplementsQuery", true},
                                                   {"ImplementsAdHocQuery", true},
                                                   {"ImplementsFunctions", false},
                                                   {"ImplementsResourceId", true},
                                                   {"ImplementsMinStandardFilter", true},
                                                   {"ImplementsStandardFilter", true},
                                                   {"ImplementsMinSpatialFilter", true},
                                                   {"ImplementsSpatialFilter", true},
                                                   {"ImplementsMinTemporalFilter", true},
                                                   {"ImplementsTemporalFilter", true},
                                                   {"ImplementsVersionNav", false},
                                                   {"ImplementsSorting", true},
                                                   {"ImplementsExtendedOperators", false},
                                                   {"ImplementsMinimumXPath", true},
                                                   {"ImplementsSchemaElementFunc", false}}};

constexpr std::array<std::string_view, 11> geometry_operands{
    "Envelope",     "Point",         "LineString", "Polygon", "MultiPoint", "MultiCurve",
    "MultiSurface", "MultiGeometry", "Curve",      "Surface", "LinearRing"};

constexpr std::array<std::string_view, 11> spatial_operator_names{"BBOX",     "Equals",  "Disjoint", "Intersects",
                                                                  "Touches",  "Crosses", "Within",   "Contains",
                                                                  "Overlaps", "Beyond",  "DWithin"};

constexpr std::array<std::string_view, 13> temporal_operator_names{
    "After", "Before",  "Begins", "BegunBy", "TContains", "During",      "EndedBy",
    "Ends",  "TEquals", "Meets",  "MetBy",   "TOverlaps", "OverlappedBy"};

constexpr std::array<std::string_view, 10> comparison_operators{"PropertyIsEqualTo",
                                                                "PropertyIsNotEqualTo",
                                                                "PropertyIsLessThan",
                                                                "PropertyIsGreaterThan",
                                                                "PropertyIsLessThanOrEqualTo",
                                                                "PropertyIsGreaterThanOrEqualTo",
                                                                "PropertyIsLike",
                                                                "PropertyIsNull",
                                                                "PropertyIsNil",
                                                                "PropertyIsBetween"};

std::string constraint(std::string_view name, std::string_view value, std::string_view prefix = "ows") {
    return fmt::format(
        "<{}:Constraint name=\"{}\"><ows:NoValues/><ows:DefaultValue>{}</ows:DefaultValue></{}:Constraint>\n", prefix,
        name, value, prefix);
}

std::string flag(const Flag& entry, std::string_view prefix) {
    return constraint(entry.first, entry.second ? "TRUE" : "FALSE", prefix);
}

std::string parameter(std::string_view name, const std::vector<std::string>& values) {
    std::string text = fmt::format("<ows:Parameter name=\"{}\"><ows:AllowedValues>", name);
    for (const std::string& value : values) text += xml_element("ows:Value", value);
    return text + "</ows:AllowedValues></ows:Parameter>\n";
}

std::string operation(std::string_view name, const ServiceFacts& facts, const std::string& details = "",
                      bool with_get = true) {
    const std::string url = xml_text(facts.url);
    const std::string get = with_get ? fmt::format("<ows:Get xlink:href=\"{}\"/>", url) : "";
    return fmt::format(
        "<ows:Operation name=\"{}\"><ows:DCP><ows:HTTP>{}<ows:Post xlink:href=\"{}\"/></ows:HTTP>"
        "</ows:DCP>\n{}</ows:Operation>\n",
        name, get, url, details);
}

std::string identification() {
    return fmt::format(
        "<ows:ServiceIdentification>\n<ows:Title>{}</ows:Title>\n<ows:Abstract>{}</ows:Abstract>\n"
        "<ows:ServiceType codeSpace=\"OGC\">WFS</ows:ServiceType>\n"
        "<ows:ServiceTypeVersion>2.0.0</ows:ServiceTypeVersion>\n<ows:ServiceTypeVersion>1.1.0</"
        "ows:ServiceTypeVersion>\n"
        "<ows:ServiceTypeVersion>1.0.0</ows:ServiceTypeVersion>\n</ows:ServiceIdentification>\n",
        xml_text(service_title), xml_text(service_abstract));
}

std::string provider(const ServiceFacts& facts) {
    return "<ows:ServiceProvider>\n" +
           xml_element("ows:ProviderName", facts.contact.empty() ? "Carreau" : facts.contact) +
           "\n<ows:ServiceContact>" + xml_element("ows:IndividualName", facts.contact) +
           "</ows:ServiceContact>\n</ows:ServiceProvider>\n";
}

/// INSPIRE download services, TG 3.1, 7.1, with the service's metadata by reference (scenario 1).
std::string inspire_capabilities(const ServiceFacts& facts) {
    std::string text = fmt::format(
        "<ows:ExtendedCapabilities>\n<inspire_dls:ExtendedCapabilities "
        "xmlns:inspire_dls=\"http://inspire.ec.europa.eu/schemas/inspire_dls/1.0\" "
        "xmlns:inspire_common=\"http://inspire.ec.europa.eu/schemas/common/1.0\">\n<inspire_common:MetadataUrl>{}{}"
        "</inspire_common:MetadataUrl>\n",
        xml_element("inspire_common:URL", facts.metadata_url),
        xml_element("inspire_common:MediaType", "application/vnd.iso.19139+xml"));
    text +=
        "<inspire_common:SupportedLanguages><inspire_common:DefaultLanguage><inspire_common:Language>fre"
        "</inspire_common:Language></inspire_common:DefaultLanguage></inspire_common:SupportedLanguages>\n"
        "<inspire_common:ResponseLanguage><inspire_common:Language>fre</inspire_common:Language>"
        "</inspire_common:ResponseLanguage>\n";
    for (const DataSet& data_set : facts.data_sets) {
        text += fmt::format(
            "<inspire_dls:SpatialDataSetIdentifier metadataURL=\"{}\">{}{}"
            "</inspire_dls:SpatialDataSetIdentifier>\n",
            xml_text(data_set.metadata_url), xml_element("inspire_common:Code", data_set.code),
            xml_element("inspire_common:Namespace", data_set.id_namespace));
    }
    return text + "</inspire_dls:ExtendedCapabilities>\n</ows:ExtendedCapabilities>\n";
}

std::string operations(const Catalog& catalog, const ServiceFacts& facts) {
    const bool editing = may_edit(catalog, facts);
    std::string text = "<ows:OperationsMetadata>\n";
    text +=
        operation("GetCapabilities", facts,
                  parameter("AcceptVersions", {"2.0.0", "1.1.0", "1.0.0"}) + parameter("AcceptFormats", {"text/xml"}) +
                      parameter("Sections", {"ServiceIdentification", "ServiceProvider", "OperationsMetadata",
                                             "FeatureTypeList", "Filter_Capabilities"}));
    text += operation("DescribeFeatureType", facts,
                      parameter("outputFormat", {"application/gml+xml; version=3.2", "text/xml; subtype=gml/3.2"}));
    text += operation("GetFeature", facts,
                      parameter("outputFormat", facts.formats) + parameter("resultType", {"results", "hits"}) +
                          constraint("CountDefault", std::to_string(count_default)) +
                          constraint("PagingIsTransactionSafe", "FALSE"));
    text += operation("GetPropertyValue", facts, parameter("outputFormat", {"application/gml+xml; version=3.2"}));
    text += operation("ListStoredQueries", facts);
    text += operation("DescribeStoredQueries", facts);
    if (editing)
        text += operation("Transaction", facts, parameter("inputFormat", {"application/gml+xml; version=3.2"}), false);
    text += parameter("version", {"2.0.0", "1.1.0", "1.0.0"});
    text += flag({"ImplementsTransactionalWFS", editing}, "ows");
    for (const Flag& entry : service_conformance) text += flag(entry, "ows");
    text += constraint("CountDefault", std::to_string(count_default));
    text +=
        "<ows:Constraint name=\"QueryExpressions\"><ows:AllowedValues><ows:Value>wfs:Query</ows:Value>"
        "<ows:Value>wfs:StoredQuery</ows:Value></ows:AllowedValues></ows:Constraint>\n";
    if (!facts.data_sets.empty()) text += inspire_capabilities(facts);
    return text + "</ows:OperationsMetadata>\n";
}

std::string feature_type_2_0(const Layer& layer, const ServiceFacts& facts) {
    std::string text =
        fmt::format("<wfs:FeatureType>\n<wfs:Name>{}:{}</wfs:Name>\n", feature_prefix, xml_text(layer.name));
    text += xml_element("wfs:Title", layer.title.empty() ? layer.name : layer.title) + '\n';
    text += xml_element("wfs:Abstract", abstract_of(layer)) + '\n';
    if (!layer.theme.empty()) text += "<ows:Keywords>" + xml_element("ows:Keyword", layer.theme) + "</ows:Keywords>\n";
    if (!layer.has_geometry()) return text + "<wfs:NoCRS/>\n</wfs:FeatureType>\n";
    bool first = true;
    for (const Crs& crs : crs_of(layer, facts, Version::V2_0_0)) {
        text += xml_element(first ? "wfs:DefaultCRS" : "wfs:OtherCRS", crs_name(crs, Version::V2_0_0)) + '\n';
        first = false;
    }
    const GeographicBox box = extent_of(layer);
    text += fmt::format(
        "<ows:WGS84BoundingBox><ows:LowerCorner>{} {}</ows:LowerCorner><ows:UpperCorner>{} {}"
        "</ows:UpperCorner></ows:WGS84BoundingBox>\n",
        degrees(box.west), degrees(box.south), degrees(box.east), degrees(box.north));
    return text + "</wfs:FeatureType>\n";
}

std::string filter_capabilities() {
    std::string text = "<fes:Filter_Capabilities>\n<fes:Conformance>\n";
    for (const Flag& entry : filter_conformance) text += flag(entry, "fes");
    text +=
        "</fes:Conformance>\n<fes:Id_Capabilities><fes:ResourceIdentifier name=\"fes:ResourceId\"/>"
        "</fes:Id_Capabilities>\n<fes:Scalar_Capabilities>\n<fes:LogicalOperators/>\n<fes:ComparisonOperators>\n";
    for (const std::string_view name : comparison_operators)
        text += fmt::format("<fes:ComparisonOperator name=\"{}\"/>\n", name);
    text +=
        "</fes:ComparisonOperators>\n</fes:Scalar_Capabilities>\n<fes:Spatial_Capabilities>\n<fes:GeometryOperands>\n";
    for (const std::string_view name : geometry_operands)
        text += fmt::format("<fes:GeometryOperand name=\"gml:{}\"/>\n", name);
    text += "</fes:GeometryOperands>\n<fes:SpatialOperators>\n";
    for (const std::string_view name : spatial_operator_names)
        text += fmt::format("<fes:SpatialOperator name=\"{}\"/>\n", name);
    text +=
        "</fes:SpatialOperators>\n</fes:Spatial_Capabilities>\n<fes:Temporal_Capabilities>\n<fes:TemporalOperands>"
        "<fes:TemporalOperand name=\"gml:TimeInstant\"/><fes:TemporalOperand name=\"gml:TimePeriod\"/>"
        "</fes:TemporalOperands>\n<fes:TemporalOperators>\n";
    for (const std::string_view name : temporal_operator_names)
        text += fmt::format("<fes:TemporalOperator name=\"{}\"/>\n", name);
    return text + "</fes:TemporalOperators>\n</fes:Temporal_Capabilities>\n</fes:Filter_Capabilities>\n";
}

}  // namespace

std::string capabilities_2_0(const Catalog& catalog, const ServiceFacts& facts, const Sections& sections) {
    std::string text = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<wfs:WFS_Capabilities version=\"2.0.0\" updateSequence=\"{}\" xmlns:wfs=\"http://www.opengis.net/wfs/2.0\" "
        "xmlns:ows=\"http://www.opengis.net/ows/1.1\" xmlns:fes=\"http://www.opengis.net/fes/2.0\" "
        "xmlns:gml=\"http://www.opengis.net/gml/3.2\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
        "xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:{}=\"{}\" "
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"http://www.opengis.net/wfs/2.0 "
        "http://schemas.opengis.net/wfs/2.0/wfs.xsd{}\">\n",
        xml_text(facts.update_sequence), feature_prefix, feature_namespace,
        facts.data_sets.empty() ? ""
                                : " http://inspire.ec.europa.eu/schemas/inspire_dls/1.0 "
                                  "http://inspire.ec.europa.eu/schemas/inspire_dls/1.0/inspire_dls.xsd");
    if (sections.has("ServiceIdentification")) text += identification();
    if (sections.has("ServiceProvider")) text += provider(facts);
    if (sections.has("OperationsMetadata")) text += operations(catalog, facts);
    if (sections.has("FeatureTypeList") && !catalog.layers().empty()) {
        text += "<wfs:FeatureTypeList>\n";
        for (const Layer& layer : catalog.layers()) text += feature_type_2_0(layer, facts);
        text += "</wfs:FeatureTypeList>\n";
    }
    if (sections.has("Filter_Capabilities")) text += filter_capabilities();
    return text + "</wfs:WFS_Capabilities>\n";
}

}  // namespace gis::wfs
