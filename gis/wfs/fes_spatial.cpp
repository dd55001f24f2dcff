// Spatial operators: 09-026r2, 7.8; 04-095, clause 9.

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "gis/filter/property.hpp"
#include "gis/wfs/fes.hpp"
#include "gis/wfs/fes_reader.hpp"
#include "gis/wfs/xml_document.hpp"

namespace gis::wfs {

namespace {

constexpr std::array<std::pair<std::string_view, Spatial::Operator>, 9> spatial_operators{{
    {"Intersects", Spatial::Operator::Intersects},
    {"Intersect", Spatial::Operator::Intersects},  // 1.0
    {"Equals", Spatial::Operator::Equals},
    {"Disjoint", Spatial::Operator::Disjoint},
    {"Touches", Spatial::Operator::Touches},
    {"Within", Spatial::Operator::Within},
    {"Overlaps", Spatial::Operator::Overlaps},
    {"Crosses", Spatial::Operator::Crosses},
    {"Contains", Spatial::Operator::Contains},
}};

struct Unit {
    std::string_view name;
    double metres;
};
constexpr std::array<Unit, 18> units{{{"", 1},
                                      {"m", 1},
                                      {"meter", 1},
                                      {"meters", 1},
                                      {"metre", 1},
                                      {"metres", 1},
                                      {"urn:ogc:def:uom:EPSG::9001", 1},
                                      {"http://www.opengis.net/def/uom/EPSG/0/9001", 1},
                                      {"http://www.opengis.net/def/uom/UCUM/0/m", 1},
                                      {"km", 1000},
                                      {"kilometer", 1000},
                                      {"kilometers", 1000},
                                      {"kilometre", 1000},
                                      {"kilometres", 1000},
                                      {"cm", 0.01},
                                      {"ft", 0.3048},
                                      {"feet", 0.3048},
                                      {"mi", 1609.344}}};

}  // namespace

bool FesReader::is_spatial(std::string_view name) const {
    for (const auto& [known, op] : spatial_operators) {
        if (known == name) return true;
    }
    return false;
}

Filter FesReader::spatial(const Node& element) {
    Spatial::Operator op = Spatial::Operator::Intersects;
    for (const auto& [known, meaning] : spatial_operators) {
        if (known == local_name(element)) op = meaning;
    }
    const std::vector<Node> sides = operands(element, 2);
    Expression left = spatial_operand(sides[0]);
    return {Spatial{op, std::move(left), spatial_operand(sides[1])}};
}

/// BBOX may leave the property out: it means the geometry then.
Filter FesReader::bbox(const Node& element) {
    const std::vector<Node> parts = child_elements(element);
    if (parts.empty() || parts.size() > 2) refuse("BBOX: a property and an Envelope expected");
    Expression left = layer_geometry(element);
    if (parts.size() == 2) left = spatial_operand(parts.front());
    return {Spatial{Spatial::Operator::Intersects, std::move(left), spatial_operand(parts.back())}};
}

Filter FesReader::distance(const Node& element) {
    const std::vector<Node> parts = operands(element, 3);
    if (local_name(parts[2]) != "Distance") refuse(fmt::format("{}: Distance expected last", local_name(element)));
    Expression left = spatial_operand(parts[0]);
    Expression right = spatial_operand(parts[1]);
    const auto op = local_name(element) == "DWithin" ? Distance::Operator::Within : Distance::Operator::Beyond;
    return {Distance{op, std::move(left), std::move(right), metres(parts[2])}};
}

double FesReader::metres(const Node& element) const {
    const std::string text = text_of(element);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value) || value < 0)
        refuse(fmt::format("Distance: a number that is not negative expected, got '{}'", text.substr(0, 50)));
    std::string_view unit = attribute_of(element, "uom");
    if (unit.empty()) unit = attribute_of(element, "units");
    for (const Unit& known : units) {
        if (known.name == unit) return value * known.metres;
    }
    refuse(fmt::format("Distance: uom m, km, cm, ft or mi expected, got '{}'", unit.substr(0, 50)));
}

Expression FesReader::layer_geometry(const Node& element) const {
    if (!layer_.has_geometry())
        refuse(fmt::format("{}: the features of '{}' have no geometry", local_name(element), layer_.name));
    return {GeometryRef{}};
}

Expression FesReader::spatial_operand(const Node& element) {
    count(element);
    if (is_property_name(element)) {
        const std::string name = property_name(text_of(element), layer_);
        if (name == "boundedBy") return layer_geometry(element);
        return property_of(layer_, name, locator_);
    }
    if (local_name(element) == "Literal") return spatial_operand(operands(element, 1).front());
    if (local_name(element) == "Envelope" || local_name(element) == "Box")
        return {read_gml_envelope(element, gml_, locator_)};
    if (!is_gml_geometry(element))
        refuse(fmt::format("a property or a GML geometry expected, got '{}'", local_name(element).substr(0, 50)));
    GmlGeometry geometry = read_gml(element, gml_, locator_, positions_left_);
    return {GeometryLiteral{std::move(geometry.wkb), geometry.crs}};
}

}  // namespace gis::wfs
