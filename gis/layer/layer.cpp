#include "gis/layer/layer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gis/error.hpp"

namespace gis {

namespace {

constexpr std::array<std::pair<FieldType, std::string_view>, 6> field_types{{{FieldType::Integer, "integer"},
                                                                             {FieldType::Number, "number"},
                                                                             {FieldType::Text, "text"},
                                                                             {FieldType::Boolean, "boolean"},
                                                                             {FieldType::Date, "date"},
                                                                             {FieldType::DateTime, "datetime"}}};

constexpr std::array<std::pair<GeometryType, std::string_view>, 7> geometry_types{
    {{GeometryType::Point, "Point"},
     {GeometryType::LineString, "LineString"},
     {GeometryType::Polygon, "Polygon"},
     {GeometryType::MultiPoint, "MultiPoint"},
     {GeometryType::MultiLineString, "MultiLineString"},
     {GeometryType::MultiPolygon, "MultiPolygon"},
     {GeometryType::Any, "Geometry"}}};

template <typename Table, typename Enum>
std::string_view name_in(const Table& table, Enum value) {
    return std::find_if(table.begin(), table.end(), [&](const auto& entry) { return entry.first == value; })->second;
}

}  // namespace

std::string_view to_string(FieldType type) {
    return name_in(field_types, type);
}

FieldType parse_field_type(std::string_view text) {
    for (const auto& [type, name] : field_types) {
        if (name == text) return type;
    }
    throw InvalidRequest("type", "integer, number, text, boolean, date or datetime expected, got " + std::string(text));
}

std::string_view to_string(GeometryType type) {
    return name_in(geometry_types, type);
}

GeometryType parse_geometry_type(std::string_view text) {
    const auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
    for (const auto& [type, name] : geometry_types) {
        if (std::equal(name.begin(), name.end(), text.begin(), text.end(), same)) return type;
    }
    return GeometryType::Any;
}

const Field* Layer::find_field(std::string_view field_name) const {
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& f) { return f.name == field_name; });
    return found == fields.end() ? nullptr : &*found;
}

const Field* Layer::time_field() const {
    const Field* field = time_slider ? find_field(datetime_column) : nullptr;
    return field != nullptr && field->tile_min_zoom <= min_zoom ? field : nullptr;
}

}  // namespace gis
