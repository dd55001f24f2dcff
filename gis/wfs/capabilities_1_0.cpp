// Capabilities of WFS 1.0.0 (OGC 02-058, clause 12).

#include <fmt/format.h>

#include "gis/wfs/capabilities_common.hpp"
#include "gis/wfs/crs_name.hpp"
#include "gis/wfs/feature_names.hpp"
#include "gis/wfs/names.hpp"
#include "gis/write/xml_text.hpp"

namespace gis::wfs {

namespace {

constexpr std::string_view filter_capabilities_1_0 =
    R"(<ogc:Filter_Capabilities>
<ogc:Spatial_Capabilities><ogc:Spatial_Operators><ogc:BBOX/><ogc:Equals/><ogc:Disjoint/><ogc:Intersect/><ogc:Touches/>
<ogc:Crosses/><ogc:Within/><ogc:Contains/><ogc:Overlaps/><ogc:Beyond/><ogc:DWithin/></ogc:Spatial_Operators></ogc:Spatial_Capabilities>
<ogc:Scalar_Capabilities><ogc:Logical_Operators/>
<ogc:Comparison_Operators><ogc:Simple_Comparisons/><ogc:Like/><ogc:Between/><ogc:NullCheck/></ogc:Comparison_Operators>
<ogc:Arithmetic_Operators><ogc:Simple_Arithmetic/></ogc:Arithmetic_Operators></ogc:Scalar_Capabilities>
</ogc:Filter_Capabilities>
)";

std::string operation_1_0(std::string_view name, const ServiceFacts& facts, std::string_view details,
                          bool with_get = true) {
    const std::string url = xml_text(facts.url);
    const std::string get =
        with_get ? fmt::format("<DCPType><HTTP><Get onlineResource=\"{}\"/></HTTP></DCPType>", url) : "";
    return fmt::format("<{0}>{1}{2}<DCPType><HTTP><Post onlineResource=\"{3}\"/></HTTP></DCPType></{0}>\n", name,
                       details, get, url);
}

std::string feature_type_1_0(const Layer& layer, const ServiceFacts& facts) {
    std::string text = fmt::format("<FeatureType>\n<Name>{}:{}</Name>\n", feature_prefix, xml_text(layer.name));
    text += "<Title>" + xml_text(layer.title.empty() ? layer.name : layer.title) + "</Title>\n";
    text += xml_element("Abstract", abstract_of(layer)) + '\n';
    text += xml_element("Keywords", layer.theme) + '\n';
    if (layer.has_geometry()) text += xml_element("SRS", crs_name(layer.crs, Version::V1_0_0)) + '\n';
    text += "<Operations><Query/>";
    if (facts.editable(layer)) text += "<Insert/><Update/><Delete/>";
    const GeographicBox box = extent_of(layer);
    text += fmt::format("</Operations>\n<LatLongBoundingBox minx=\"{}\" miny=\"{}\" maxx=\"{}\" maxy=\"{}\"/>\n",
                        degrees(box.west), degrees(box.south), degrees(box.east), degrees(box.north));
    return text + "</FeatureType>\n";
}

}  // namespace

std::string capabilities_1_0(const Catalog& catalog, const ServiceFacts& facts) {
    std::string text = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<WFS_Capabilities version=\"1.0.0\" updateSequence=\"{}\" xmlns=\"http://www.opengis.net/wfs\" "
        "xmlns:ogc=\"http://www.opengis.net/ogc\" xmlns:{}=\"{}\" "
        "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"http://www.opengis.net/wfs "
        "http://schemas.opengis.net/wfs/1.0.0/WFS-capabilities.xsd\">\n",
        xml_text(facts.update_sequence), feature_prefix, feature_namespace);
    text += "<Service><Name>WFS</Name>" + xml_element("Title", service_title) +
            xml_element("Abstract", service_abstract) + xml_element("OnlineResource", facts.url) +
            "</Service>\n<Capability>\n<Request>\n";
    text += operation_1_0("GetCapabilities", facts, "");
    text += operation_1_0("DescribeFeatureType", facts,
                          "<SchemaDescriptionLanguage><XMLSCHEMA/></SchemaDescriptionLanguage>");
    text += operation_1_0("GetFeature", facts, "<ResultFormat><GML2/></ResultFormat>");
    if (may_edit(catalog, facts)) text += operation_1_0("Transaction", facts, "", false);
    text += "</Request>\n</Capability>\n<FeatureTypeList>\n<Operations><Query/></Operations>\n";
    for (const Layer& layer : catalog.layers()) text += feature_type_1_0(layer, facts);
    return text + "</FeatureTypeList>\n" + std::string(filter_capabilities_1_0) + "</WFS_Capabilities>\n";
}

}  // namespace gis::wfs
