#include "server/api/edit_geometry.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>

#include "gis/edit/wkb_shape.hpp"

namespace api {

namespace {

using gis::GeometryType;
using nlohmann::json;

class Unfit : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

constexpr std::array<GeometryType, 6> known_types{GeometryType::Point,           GeometryType::LineString,
                                                  GeometryType::Polygon,         GeometryType::MultiPoint,
                                                  GeometryType::MultiLineString, GeometryType::MultiPolygon};

GeometryType type_of(const json& geometry) {
    const auto type = geometry.find("type");
    if (type != geometry.end() && type->is_string()) {
        for (const GeometryType known : known_types) {
            if (type->get_ref<const std::string&>() == gis::to_string(known)) return known;
        }
    }
    throw Unfit("a GeoJSON geometry expected, of type Point, LineString, Polygon or a multi-geometry of them");
}

class GeometryReader {
  public:
    GeometryReader(GeometryType type, bool northing_first) : northing_first_(northing_first) { shape_.type = type; }

    gis::WkbShape read(const json& coordinates) {
        switch (shape_.type) {
            case GeometryType::Point:
            case GeometryType::LineString:
            case GeometryType::Polygon:
                add_part(shape_.type, coordinates);
                break;
            case GeometryType::MultiPoint:
                for (const json& part : array(coordinates)) add_part(GeometryType::Point, part);
                break;
            case GeometryType::MultiLineString:
                for (const json& part : array(coordinates)) add_part(GeometryType::LineString, part);
                break;
            default:
                for (const json& part : array(coordinates)) add_part(GeometryType::Polygon, part);
        }
        shape_.has_z = has_z_.value_or(false);
        return std::move(shape_);
    }

  private:
    static const json& array(const json& value) {
        if (!value.is_array()) throw Unfit("arrays of positions expected as coordinates");
        return value;
    }

    void add_part(GeometryType type, const json& coordinates) {
        std::vector<std::size_t> rings;
        if (array(coordinates).empty()) return;
        if (type == GeometryType::Point) {
            add_position(coordinates);
            rings.push_back(1);
        } else if (type == GeometryType::LineString) {
            rings.push_back(add_positions(coordinates));
        } else {
            for (const json& ring : coordinates) rings.push_back(add_positions(ring));
        }
        shape_.parts.push_back(std::move(rings));
    }

    std::size_t add_positions(const json& positions) {
        for (const json& position : array(positions)) add_position(position);
        return positions.size();
    }

    void add_position(const json& position) {
        array(position);
        if (position.size() != 2 && position.size() != 3) throw Unfit("positions of two or three numbers expected");
        for (const json& number : position) {
            if (!number.is_number()) throw Unfit("positions of two or three numbers expected");
        }
        const bool with_z = position.size() == 3;
        if (has_z_.value_or(with_z) != with_z) throw Unfit("positions of equal length expected");
        has_z_ = with_z;
        shape_.xy.push_back(position[northing_first_ ? 1 : 0].get<double>());
        shape_.xy.push_back(position[northing_first_ ? 0 : 1].get<double>());
        if (with_z) shape_.z.push_back(position[2].get<double>());
    }

    bool northing_first_;
    std::optional<bool> has_z_;
    gis::WkbShape shape_;
};

}  // namespace

ReadGeometry read_geometry(const json& geometry, bool northing_first) {
    try {
        if (!geometry.is_object()) throw Unfit("a GeoJSON geometry or null expected");
        const GeometryType type = type_of(geometry);
        const auto coordinates = geometry.find("coordinates");
        if (coordinates == geometry.end()) throw Unfit("the geometry's coordinates expected");
        const gis::WkbShape shape = GeometryReader(type, northing_first).read(*coordinates);
        if (shape.is_empty()) throw Unfit("a geometry that is not empty expected");
        return {gis::write_wkb(shape, type), ""};
    } catch (const Unfit& unfit) {
        return {"", unfit.what()};
    }
}

}  // namespace api
