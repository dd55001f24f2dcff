#include "gis/wfs/feature_schema.hpp"

#include <fmt/format.h>

#include "gis/text/xml_name.hpp"
#include "gis/wfs/feature_names.hpp"
#include "gis/wfs/names.hpp"

namespace gis::wfs {

namespace {

std::string_view type_of(const Field& field) {
    switch (field.type) {
        case FieldType::Integer:
            return field.sql_type == "bigint" ? "xs:long" : field.sql_type == "smallint" ? "xs:short" : "xs:int";
        case FieldType::Number:
            return "xs:double";
        case FieldType::Boolean:
            return "xs:boolean";
        case FieldType::Date:
            return "xs:date";
        case FieldType::DateTime:
            return "xs:dateTime";
        case FieldType::Text:
            break;
    }
    return "xs:string";
}

/// GML 3 speaks of curves and surfaces, GML 2 of lines and polygons.
std::string_view type_of(GeometryType type, Version version) {
    const bool old = version == Version::V1_0_0;
    switch (type) {
        case GeometryType::Point:
            return "gml:PointPropertyType";
        case GeometryType::LineString:
            return old ? "gml:LineStringPropertyType" : "gml:CurvePropertyType";
        case GeometryType::Polygon:
            return old ? "gml:PolygonPropertyType" : "gml:SurfacePropertyType";
        case GeometryType::MultiPoint:
            return "gml:MultiPointPropertyType";
        case GeometryType::MultiLineString:
            return old ? "gml:MultiLineStringPropertyType" : "gml:MultiCurvePropertyType";
        case GeometryType::MultiPolygon:
            return old ? "gml:MultiPolygonPropertyType" : "gml:MultiSurfacePropertyType";
        case GeometryType::Any:
            break;
    }
    return old ? "gml:GeometryAssociationType" : "gml:GeometryPropertyType";
}

std::string element(std::string_view name, std::string_view type) {
    return fmt::format("        <xs:element name=\"{}\" type=\"{}\" minOccurs=\"0\"/>\n", xml_name(name), type);
}

std::string feature_type(const Layer& layer, Version version) {
    const std::string name = xml_name(layer.name);
    std::string text = fmt::format(
        "  <xs:element name=\"{0}\" type=\"{1}:{0}Type\" substitutionGroup=\"gml:{2}\"/>\n"
        "  <xs:complexType name=\"{0}Type\"><xs:complexContent><xs:extension base=\"gml:AbstractFeatureType\">\n"
        "      <xs:sequence>\n",
        name, feature_prefix, version == Version::V2_0_0 ? "AbstractFeature" : "_Feature");
    for (const Field& field : layer.fields) text += element(field.name, type_of(field));
    if (layer.has_geometry()) text += element(layer.geometry_column, type_of(layer.geometry_type, version));
    return text + "      </xs:sequence>\n  </xs:extension></xs:complexContent></xs:complexType>\n";
}

}  // namespace

std::string feature_schema(Version version, std::span<const Layer* const> layers) {
    const std::string_view location = version == Version::V2_0_0   ? "http://schemas.opengis.net/gml/3.2.1/gml.xsd"
                                      : version == Version::V1_1_0 ? "http://schemas.opengis.net/gml/3.1.1/base/gml.xsd"
                                                                   : "http://schemas.opengis.net/gml/2.1.2/feature.xsd";
    const std::string_view gml = namespaces_of(version).gml;
    std::string text = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:gml=\"{0}\" xmlns:{1}=\"{2}\" "
        "targetNamespace=\"{2}\" elementFormDefault=\"qualified\" version=\"1.0\">\n"
        "  <xs:import namespace=\"{0}\" schemaLocation=\"{3}\"/>\n",
        gml, feature_prefix, feature_namespace, location);
    for (const Layer* layer : layers) text += feature_type(*layer, version);
    return text + "</xs:schema>\n";
}

}  // namespace gis::wfs
