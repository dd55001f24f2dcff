#include "gis/write/inner_point.hpp"

#include <geos_c.h>

#include "gis/write/wkb_cursor.hpp"

namespace gis {

namespace {

struct GeometryDeleter {
    GEOSContextHandle_t context;
    void operator()(GEOSGeometry* geometry) const { GEOSGeom_destroy_r(context, geometry); }
};
using GeometryPtr = std::unique_ptr<GEOSGeometry, GeometryDeleter>;

}  // namespace

struct InnerPoint::Geos {
    GEOSContextHandle_t context = GEOS_init_r();
    GEOSWKBReader* reader = GEOSWKBReader_create_r(context);

    Geos() = default;
    ~Geos() {
        GEOSWKBReader_destroy_r(context, reader);
        GEOS_finish_r(context);
    }
    Geos(const Geos&) = delete;
    Geos& operator=(const Geos&) = delete;
};

InnerPoint::InnerPoint() : geos_(std::make_unique<Geos>()) {}
InnerPoint::~InnerPoint() = default;

std::optional<InnerPoint::Position> InnerPoint::of(std::string_view wkb) {
    WkbCursor cursor(wkb);
    if (cursor.header() == WkbCursor::Point) {
        if (cursor.skip_empty_point()) return std::nullopt;
        const auto position = cursor.position();
        return Position{position.x, position.y};
    }
    const GEOSContextHandle_t context = geos_->context;
    const auto* bytes = reinterpret_cast<const unsigned char*>(wkb.data());
    const GeometryPtr geometry(GEOSWKBReader_read_r(context, geos_->reader, bytes, wkb.size()), {context});
    if (!geometry) return std::nullopt;
    const GeometryPtr point(GEOSPointOnSurface_r(context, geometry.get()), {context});
    Position position;
    if (!point || GEOSisEmpty_r(context, point.get()) != 0 || GEOSGeomGetX_r(context, point.get(), &position.x) != 1 ||
        GEOSGeomGetY_r(context, point.get(), &position.y) != 1) {
        return std::nullopt;
    }
    return position;
}

}  // namespace gis
