// Capabilities of WFS 1.1.0 (OGC 04-094, clause 13).

#include <fmt/format.h>

#include <array>

#include "gis/wfs/capabilities_common.hpp"
#include "gis/wfs/crs_name.hpp"
#include "gis/wfs/feature_names.hpp"
#include "gis/wfs/names.hpp"
#include "gis/write/xml_text.hpp"

namespace gis::wfs {

namespace {

constexpr std::string_view filter_capabilities_1_1 =
    R"(<ogc:Filter_Capabilities>
<ogc:Spatial_Capabilities>
<ogc:GeometryOperands>
<ogc:GeometryOperand>gml:Envelope</ogc:GeometryOperand><ogc:GeometryOperand>gml:Point</ogc:GeometryOperand>
<ogc:GeometryOperand>gml:LineString</ogc:GeometryOperand><ogc:GeometryOperand>gml:Polygon</ogc:GeometryOperand>
</ogc:GeometryOperands>
<ogc:SpatialOperators>
<ogc:SpatialOperator name="BBOX"/><ogc:SpatialOperator name="Equals"/><ogc:SpatialOperator name="Disjoint"/>
<ogc:SpatialOperator name="Intersects"/><ogc:SpatialOperator name="Touches"/><ogc:SpatialOperator name="Crosses"/>
<ogc:SpatialOperator name="Within"/><ogc:SpatialOperator name="Contains"/><ogc:SpatialOperator name="Overlaps"/>
<ogc:SpatialOperator name="Beyond"/><ogc:SpatialOperator name="DWithin"/>
</ogc:SpatialOperators>
</ogc:Spatial_Capabilities>
<ogc:Scalar_Capabilities>
<ogc:LogicalOperators/>
<ogc:ComparisonOperators>
<ogc:ComparisonOperator>LessThan</ogc:ComparisonOperator><ogc:ComparisonOperator>GreaterThan</ogc:ComparisonOperator>
<ogc:ComparisonOperator>LessThanEqualTo</ogc:ComparisonOperator>
<ogc:ComparisonOperator>GreaterThanEqualTo</ogc:ComparisonOperator>
<ogc:ComparisonOperator>EqualTo</ogc:ComparisonOperator><ogc:ComparisonOperator>NotEqualTo</ogc:ComparisonOperator>
<ogc:ComparisonOperator>Like</ogc:ComparisonOperator><ogc:ComparisonOperator>Between</ogc:ComparisonOperator>
<ogc:ComparisonOperator>NullCheck</ogc:ComparisonOperator>
</ogc:ComparisonOperators>
<ogc:ArithmeticOperators><ogc:SimpleArithmetic/></ogc:ArithmeticOperators>
</ogc:Scalar_Capabilities>
<ogc:Id_Capabilities><ogc:EID/><ogc:FID/></ogc:Id_Capabilities>
</ogc:Filter_Capabilities>
)";

std::string parameter_1_1(std::string_view name, const std::vector<std::string>& values) {
    std::string text = fmt::format("<ows:Parameter name=\"{}\">", name);
    for (const std::string& value : values) text += xml_element("ows:Value", value);
    return text + "</ows:Parameter>\n";
}

std::string operation_1_1(std::string_view name, const ServiceFacts& facts, const std::string& parameters,
                          bool with_get = true) {
    const std::string url = xml_text(facts.url);
    const std::string get = with_get ? fmt::format("<ows:Get xlink:href=\"{}\"/>", url) : "";
    return fmt::format(
        "<ows:Operation name=\"{}\"><ows:DCP><ows:HTTP>{}<ows:Post xlink:href=\"{}\"/></ows:HTTP>"
        "</ows:DCP>\n{}</ows:Operation>\n",
        name, get, url, parameters);
}

std::string operations_1_1(const Catalog& catalog, const ServiceFacts& facts) {
    std::string text = "<ows:OperationsMetadata>\n";
    text += operation_1_1(
        "GetCapabilities", facts,
        parameter_1_1("AcceptVersions", {"2.0.0", "1.1.0", "1.0.0"}) + parameter_1_1("AcceptFormats", {"text/xml"}));
    text += operation_1_1("DescribeFeatureType", facts, parameter_1_1("outputFormat", {"text/xml; subtype=gml/3.1.1"}));
    text +=
        operation_1_1("GetFeature", facts,
                      parameter_1_1("resultType", {"results", "hits"}) + parameter_1_1("outputFormat", facts.formats));
    if (may_edit(catalog, facts))
        text +=
            operation_1_1("Transaction", facts, parameter_1_1("inputFormat", {"text/xml; subtype=gml/3.1.1"}), false);
    return text + "</ows:OperationsMetadata>\n";
}

std::string feature_type_1_1(const Layer& layer, const ServiceFacts& facts) {
    std::string text =
        fmt::format("<wfs:FeatureType>\n<wfs:Name>{}:{}</wfs:Name>\n", feature_prefix, xml_text(layer.name));
    text += "<wfs:Title>" + xml_text(layer.title.empty() ? layer.name : layer.title) + "</wfs:Title>\n";
    text += xml_element("wfs:Abstract", abstract_of(layer)) + '\n';
    if (!layer.theme.empty()) text += "<ows:Keywords>" + xml_element("ows:Keyword", layer.theme) + "</ows:Keywords>\n";
    if (layer.has_geometry()) {
        bool first = true;
        for (const Crs& crs : crs_of(layer, facts, Version::V1_1_0)) {
            text += xml_element(first ? "wfs:DefaultSRS" : "wfs:OtherSRS", crs_name(crs, Version::V1_1_0)) + '\n';
            first = false;
        }
    } else {
        text += "<wfs:NoSRS/>\n";
    }
    text += "<wfs:Operations><wfs:Operation>Query</wfs:Operation>";
    if (facts.editable(layer)) {
        text +=
            "<wfs:Operation>Insert</wfs:Operation><wfs:Operation>Update</wfs:Operation>"
            "<wfs:Operation>Delete</wfs:Operation>";
    }
    const GeographicBox box = extent_of(layer);
    text += fmt::format(
        "</wfs:Operations>\n<ows:WGS84BoundingBox><ows:LowerCorner>{} {}</ows:LowerCorner>"
        "<ows:UpperCorner>{} {}</ows:UpperCorner></ows:WGS84BoundingBox>\n",
        degrees(box.west), degrees(box.south), degrees(box.east), degrees(box.north));
    return text + "</wfs:FeatureType>\n";
}

}  // namespace

std::string capabilities_1_1(const Catalog& catalog, const ServiceFacts& facts, const Sections& sections) {
    std::string text = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<wfs:WFS_Capabilities version=\"1.1.0\" updateSequence=\"{}\" xmlns:wfs=\"http://www.opengis.net/wfs\" "
        "xmlns:ows=\"http://www.opengis.net/ows\" xmlns:ogc=\"http://www.opengis.net/ogc\" "
        "xmlns:gml=\"http://www.opengis.net/gml\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" xmlns:{}=\"{}\" "
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"http://www.opengis.net/wfs "
        "http://schemas.opengis.net/wfs/1.1.0/wfs.xsd\">\n",
        xml_text(facts.update_sequence), feature_prefix, feature_namespace);
    if (sections.has("ServiceIdentification")) {
        text += "<ows:ServiceIdentification>" + xml_element("ows:Title", service_title) +
                xml_element("ows:Abstract", service_abstract) +
                "<ows:ServiceType>WFS</ows:ServiceType><ows:ServiceTypeVersion>1.1.0</ows:ServiceTypeVersion>"
                "</ows:ServiceIdentification>\n";
    }
    if (sections.has("ServiceProvider")) {
        text += "<ows:ServiceProvider>" +
                xml_element("ows:ProviderName", facts.contact.empty() ? "Carreau" : facts.contact) +
                "<ows:ServiceContact/></ows:ServiceProvider>\n";
    }
    if (sections.has("OperationsMetadata")) text += operations_1_1(catalog, facts);
    if (sections.has("FeatureTypeList") && !catalog.layers().empty()) {
        text += "<wfs:FeatureTypeList>\n";
        for (const Layer& layer : catalog.layers()) text += feature_type_1_1(layer, facts);
        text += "</wfs:FeatureTypeList>\n";
    }
    text += filter_capabilities_1_1;  // mandatory in 1.1.0, whatever the sections
    return text + "</wfs:WFS_Capabilities>\n";
}

}  // namespace gis::wfs
