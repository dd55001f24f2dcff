#include "gis/geometry/geojson_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "gis/geometry/bounded_json.hpp"
#include "gis/geometry/wkb_builder.hpp"

namespace gis {

namespace {

using nlohmann::json;

constexpr std::array<std::pair<std::string_view, WkbType>, 7> geojson_types{
    {{"Point", WkbType::Point},
     {"LineString", WkbType::LineString},
     {"Polygon", WkbType::Polygon},
     {"MultiPoint", WkbType::MultiPoint},
     {"MultiLineString", WkbType::MultiLineString},
     {"MultiPolygon", WkbType::MultiPolygon},
     {"GeometryCollection", WkbType::GeometryCollection}}};

class GeojsonReader {
  public:
    explicit GeojsonReader(const GeometryReading& reading) : build_(reading) {}

    void geometry(const json& object, int depth) {
        if (!object.is_object()) build_.refuse("a GeoJSON geometry object is expected");
        const WkbType type = type_of(object);
        if (depth > max_collection_depth) build_.refuse("collections are nested too deeply");
        build_.begin(type);
        if (type == WkbType::GeometryCollection) {
            for (const json& member : array(object, "geometries")) geometry(member, depth + 1);
        } else {
            coordinates(type, array(object, "coordinates"));
        }
        build_.end();
    }

    std::string take() { return build_.take(); }

  private:
    WkbType type_of(const json& object) const {
        const auto type = object.find("type");
        if (type == object.end() || !type->is_string()) build_.refuse("a geometry's 'type' is expected");
        const auto& name = type->get_ref<const std::string&>();
        const auto kind =
            std::find_if(geojson_types.begin(), geojson_types.end(), [&](const auto& k) { return k.first == name; });
        if (kind == geojson_types.end()) {
            build_.refuse(
                fmt::format("'{}' is no GeoJSON geometry; expected Point, LineString, Polygon, MultiPoint, "
                            "MultiLineString, MultiPolygon or GeometryCollection",
                            name.substr(0, 30)));
        }
        return kind->second;
    }

    const json& array(const json& object, const char* name) const {
        const auto found = object.find(name);
        if (found == object.end() || !found->is_array()) build_.refuse(fmt::format("'{}' must be an array", name));
        if (found->empty()) build_.refuse("an empty geometry is not accepted");
        return *found;
    }

    void coordinates(WkbType type, const json& list) {
        switch (type) {
            case WkbType::Point:
                position(list);
                break;
            case WkbType::LineString:
                for (const json& item : list_of(list)) position(item);
                break;
            case WkbType::Polygon:
                for (const json& item : list_of(list)) ring(item);
                break;
            case WkbType::MultiPoint:
                for (const json& item : list_of(list)) part(WkbType::Point, item);
                break;
            case WkbType::MultiLineString:
                for (const json& item : list_of(list)) part(WkbType::LineString, item);
                break;
            case WkbType::MultiPolygon:
                for (const json& item : list_of(list)) part(WkbType::Polygon, item);
                break;
            case WkbType::GeometryCollection:
                break;
        }
    }

    void part(WkbType type, const json& list) {
        build_.begin(type);
        coordinates(type, list);
        build_.end();
    }

    void ring(const json& list) {
        build_.begin_ring();
        for (const json& item : list_of(list)) position(item);
        build_.end();
    }

    void position(const json& list) {
        if (!list.is_array() || list.size() < 2 || list.size() > 4 ||
            !std::all_of(list.begin(), list.end(), [](const json& value) { return value.is_number(); })) {
            build_.refuse("a position is an array of two numbers, or three");
        }
        build_.position(list[0].get<double>(), list[1].get<double>());
    }

    const json& list_of(const json& list) const {
        if (!list.is_array()) build_.refuse("coordinates are nested too little for the geometry's type");
        return list;
    }

    WkbBuilder build_;
};

}  // namespace

GeometryLiteral geometry_from_geojson(const json& geometry, const GeometryReading& reading) {
    GeojsonReader reader(reading);
    reader.geometry(geometry, 0);
    return {reader.take(), reading.crs};
}

GeometryLiteral parse_geojson_geometry(std::string_view text, const GeometryReading& reading) {
    return geometry_from_geojson(parse_bounded_json(text, reading.field), reading);
}

}  // namespace gis
