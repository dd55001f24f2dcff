#include "gis/edit/shape_check.hpp"

#include <fmt/format.h>
#include <geos_c.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>

#include "gis/crs/transformation.hpp"
#include "gis/edit/wkb_shape.hpp"

namespace gis {

namespace {

CheckedShape wrong_shape(std::string expected) {
    return {"", std::move(expected)};
}

struct GeosContextDeleter {
    void operator()(GEOSContextHandle_HS* context) const { GEOS_finish_r(context); }
};
using Context = std::unique_ptr<GEOSContextHandle_HS, GeosContextDeleter>;

std::string position_text(double x, double y, const Crs& crs) {
    return crs.northing_first ? fmt::format("{:.7g} {:.7g}", y, x) : fmt::format("{:.10g} {:.10g}", x, y);
}

/// Why the shape is not valid, and where; empty when it is.
std::string fault_of(const std::string& wkb, const Crs& crs) {
    const Context context(GEOS_init_r());
    GEOSContextHandle_t geos = context.get();
    const auto release = [geos](GEOSGeometry* geometry) { GEOSGeom_destroy_r(geos, geometry); };
    using Geometry = std::unique_ptr<GEOSGeometry, decltype(release)>;
    GEOSWKBReader* reader = GEOSWKBReader_create_r(geos);
    const Geometry shape(
        GEOSWKBReader_read_r(geos, reader, reinterpret_cast<const unsigned char*>(wkb.data()), wkb.size()), release);
    GEOSWKBReader_destroy_r(geos, reader);
    if (!shape) return "a well-formed geometry expected";
    char* reason = nullptr;
    GEOSGeometry* place = nullptr;
    const char is_valid = GEOSisValidDetail_r(geos, shape.get(), 0, &reason, &place);
    const Geometry owned_place(place, release);
    std::string text;
    if (is_valid != 1) {
        text = fmt::format("a valid geometry expected: {}", reason == nullptr ? "it cannot be judged" : reason);
        double x = 0, y = 0;
        if (place != nullptr && GEOSGeomGetX_r(geos, place, &x) == 1 && GEOSGeomGetY_r(geos, place, &y) == 1)
            text += " at " + position_text(x, y, crs);
    }
    if (reason != nullptr) GEOSFree_r(geos, reason);
    return text;
}

/// Transformations are dear to make and belong to one thread.
Transformation& transformation(int source, int target) {
    thread_local std::map<std::pair<int, int>, Transformation> known;
    const auto found = known.find({source, target});
    if (found != known.end()) return found->second;
    if (known.size() >= 64) known.clear();
    return known.emplace(std::pair{source, target}, Transformation(source, target)).first->second;
}

/// PROJ would take 370° for 10°.
bool is_on_earth(const WkbShape& shape) {
    for (std::size_t i = 0; i < shape.xy.size(); i += 2) {
        if (std::abs(shape.xy[i]) > 180 || std::abs(shape.xy[i + 1]) > 90) return false;
    }
    return true;
}

/// False when the shape leaves the area where the layer's CRS is meant to be used.
bool transform(WkbShape& shape, const Crs& source, const Crs& target) {
    if (source.geographic && !is_on_earth(shape)) return false;
    Transformation& way = transformation(source.srid, target.srid);
    way.apply(shape.xy.data(), shape.xy.size() / 2);
    constexpr double far = std::numeric_limits<double>::infinity();
    double min_x = far, min_y = far, max_x = -far, max_y = -far;
    for (std::size_t i = 0; i < shape.xy.size(); i += 2) {
        const double x = shape.xy[i], y = shape.xy[i + 1];
        if (!std::isfinite(x) || !std::isfinite(y)) return false;
        min_x = std::min(min_x, x), max_x = std::max(max_x, x);
        min_y = std::min(min_y, y), max_y = std::max(max_y, y);
    }
    return way.in_target_area(min_x, min_y, max_x, max_y);
}

std::string outside(const Crs& layer, const Crs& given) {
    return fmt::format("coordinates inside the area of {} expected; is the axis order {}?", layer.code(),
                       given.northing_first ? "latitude or northing first" : "longitude or easting first");
}

}  // namespace

CheckedShape check_shape(const Layer& layer, const EditGeometry& geometry) {
    if (geometry.wkb.empty()) return {};
    ReadShape read = read_wkb(geometry.wkb);
    if (!read.shape) return wrong_shape(std::move(read.expected));
    WkbShape& shape = *read.shape;
    if (shape.is_empty()) return wrong_shape("a geometry that is not empty expected");
    GeometryType type = shape.type;
    if (layer.geometry_type != GeometryType::Any && type != layer.geometry_type) {
        if (multi_of(type) != layer.geometry_type)
            return wrong_shape(fmt::format("a {} expected, got a {}", to_string(layer.geometry_type), to_string(type)));
        type = layer.geometry_type;
    }
    if (shape.has_z != layer.has_z)
        return wrong_shape(layer.has_z ? "positions of three coordinates expected"
                                       : "positions of two coordinates expected, the layer holds no heights");
    if (std::string fault = fault_of(write_wkb(shape, type), geometry.crs); !fault.empty())
        return wrong_shape(std::move(fault));
    if (!transform(shape, geometry.crs, layer.crs)) return wrong_shape(outside(layer.crs, geometry.crs));
    CheckedShape checked{write_wkb(shape, type), ""};
    if (geometry.crs.srid != layer.crs.srid) {
        // Rounding may bring near lines across each other: what is stored must be valid too.
        if (std::string fault = fault_of(checked.wkb, layer.crs); !fault.empty()) return wrong_shape(std::move(fault));
    }
    return checked;
}

}  // namespace gis
