#include <fmt/format.h>

#include <vector>

#include "gis/records/csw.hpp"
#include "gis/text/ascii.hpp"
#include "gis/write/xml_text.hpp"

namespace gis::records {

namespace {

struct Parameter {
    std::string_view name;
    std::vector<std::string_view> values;
};

std::string values_of(std::string_view element, const Parameter& parameter) {
    std::string text = fmt::format("      <ows:{} name=\"{}\">", element, parameter.name);
    for (const std::string_view value : parameter.values) text += xml_element("ows:Value", value);
    return text + fmt::format("</ows:{}>\n", element);
}

struct Operation {
    std::string_view name;
    std::vector<Parameter> parameters;
    std::vector<Parameter> constraints;
};

const std::vector<Operation>& operations() {
    using Values = std::vector<std::string_view>;
    static const Values schemas{"http://www.opengis.net/cat/csw/2.0.2", "http://www.isotc211.org/2005/gmd"};
    static const Values element_sets{"brief", "summary", "full"};
    static const Values types{"csw:Record", "gmd:MD_Metadata"};
    static const Values formats{"application/xml"};
    static const std::vector<Operation> all{
        {"GetCapabilities",
         {{"sections", {"ServiceIdentification", "ServiceProvider", "OperationsMetadata", "Filter_Capabilities"}}},
         {}},
        {"DescribeRecord",
         {{"typeName", types}, {"outputFormat", formats}, {"schemaLanguage", {"http://www.w3.org/XML/Schema"}}},
         {}},
        {"GetDomain", {}, {}},
        {"GetRecords",
         {{"typeNames", types},
          {"resultType", {"hits", "results"}},
          {"outputFormat", formats},
          {"outputSchema", schemas},
          {"ElementSetName", element_sets},
          {"CONSTRAINTLANGUAGE", {"CQL_TEXT", "FILTER"}}},
         {{"SupportedDublinCoreQueryables",
           {"dc:identifier", "dc:title", "dct:abstract", "dc:subject", "dc:type", "dct:modified", "dc:publisher",
            "dc:format", "dc:rights", "dc:language", "csw:AnyText", "ows:BoundingBox"}},
          {"SupportedISOQueryables",
           {"apiso:Identifier", "apiso:Title", "apiso:Abstract", "apiso:Subject", "apiso:Type", "apiso:Modified",
            "apiso:OrganisationName", "apiso:Format", "apiso:Language", "apiso:ResourceIdentifier", "apiso:AnyText",
            "apiso:BoundingBox"}}}},
        {"GetRecordById", {{"outputFormat", formats}, {"outputSchema", schemas}, {"ElementSetName", element_sets}}, {}},
    };
    return all;
}

std::string operation_text(const Operation& operation, const std::string& url) {
    std::string text = fmt::format(
        "    <ows:Operation name=\"{0}\">\n      <ows:DCP><ows:HTTP><ows:Get xlink:href=\"{1}\"/><ows:Post "
        "xlink:href=\"{1}\"/></ows:HTTP></ows:DCP>\n",
        operation.name, xml_text(url));
    for (const Parameter& parameter : operation.parameters) text += values_of("Parameter", parameter);
    for (const Parameter& constraint : operation.constraints) text += values_of("Constraint", constraint);
    return text + "    </ows:Operation>\n";
}

}  // namespace

std::string csw_capabilities(const CswFacts& facts) {
    std::string text =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<csw:Capabilities xmlns:csw=\"http://www.opengis.net/cat/csw/2.0.2\" xmlns:ogc=\"http://www.opengis.net/ogc\" "
        "xmlns:ows=\"http://www.opengis.net/ows\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
        "xmlns:gml=\"http://www.opengis.net/gml\" xmlns:gmd=\"http://www.isotc211.org/2005/gmd\" "
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
        "xsi:schemaLocation=\"http://www.opengis.net/cat/csw/2.0.2 "
        "http://schemas.opengis.net/csw/2.0.2/CSW-discovery.xsd\" version=\"2.0.2\">\n";
    text += fmt::format(
        "  <ows:ServiceIdentification>\n    {}\n    {}\n    "
        "<ows:Keywords><ows:Keyword>INSPIRE</ows:Keyword></ows:Keywords>\n    <ows:ServiceType>CSW</ows:ServiceType>\n"
        "    <ows:ServiceTypeVersion>2.0.2</ows:ServiceTypeVersion>\n  </ows:ServiceIdentification>\n",
        xml_element("ows:Title", facts.title), xml_element("ows:Abstract", facts.abstract));
    const std::string address =
        facts.email.empty()
            ? ""
            : "<ows:Address>" + xml_element("ows:ElectronicMailAddress", facts.email) + "</ows:Address>";
    text += fmt::format(
        "  <ows:ServiceProvider>\n    {}\n    <ows:ServiceContact><ows:ContactInfo>{}</ows:ContactInfo>"
        "</ows:ServiceContact>\n  </ows:ServiceProvider>\n",
        xml_element("ows:ProviderName", facts.organisation), address);
    text += "  <ows:OperationsMetadata>\n";
    for (const Operation& operation : operations()) text += operation_text(operation, facts.url);
    text += "    <ows:Parameter name=\"service\"><ows:Value>CSW</ows:Value></ows:Parameter>\n";
    text += "    <ows:Parameter name=\"version\"><ows:Value>2.0.2</ows:Value></ows:Parameter>\n";
    text += "    <ows:Constraint name=\"PostEncoding\"><ows:Value>XML</ows:Value></ows:Constraint>\n";
    text += "  </ows:OperationsMetadata>\n  <ogc:Filter_Capabilities>\n    <ogc:Spatial_Capabilities>\n";
    text +=
        "      <ogc:GeometryOperands><ogc:GeometryOperand>gml:Envelope</ogc:GeometryOperand>"
        "<ogc:GeometryOperand>gml:Point</ogc:GeometryOperand><ogc:GeometryOperand>gml:Polygon</ogc:GeometryOperand>"
        "</ogc:GeometryOperands>\n      <ogc:SpatialOperators>";
    for (const std::string_view name : {"BBOX", "Equals", "Disjoint", "Intersects", "Touches", "Crosses", "Within",
                                        "Contains", "Overlaps", "Beyond", "DWithin"})
        text += fmt::format("<ogc:SpatialOperator name=\"{}\"/>", name);
    text +=
        "</ogc:SpatialOperators>\n    </ogc:Spatial_Capabilities>\n    <ogc:Scalar_Capabilities>\n      "
        "<ogc:LogicalOperators/>\n      <ogc:ComparisonOperators>";
    for (const std::string_view name : {"LessThan", "GreaterThan", "LessThanEqualTo", "GreaterThanEqualTo", "EqualTo",
                                        "NotEqualTo", "Like", "Between", "NullCheck"})
        text += fmt::format("<ogc:ComparisonOperator>{}</ogc:ComparisonOperator>", name);
    return text +
           "</ogc:ComparisonOperators>\n    </ogc:Scalar_Capabilities>\n    <ogc:Id_Capabilities><ogc:EID/><ogc:FID/>"
           "</ogc:Id_Capabilities>\n  </ogc:Filter_Capabilities>\n</csw:Capabilities>\n";
}

std::vector<std::string_view> csw_parameter_values(std::string_view operation, std::string_view parameter) {
    for (const Operation& one : operations()) {
        if (lower(one.name) != lower(operation)) continue;
        for (const Parameter& known : one.parameters) {
            if (lower(known.name) == lower(parameter)) return known.values;
        }
    }
    return {};
}

}  // namespace gis::records
