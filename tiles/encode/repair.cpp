#include "tiles/encode/repair.hpp"

#include <geos_c.h>

#include <cmath>
#include <memory>

namespace tiles {

namespace {

struct Context {
    GEOSContextHandle_t handle = GEOS_init_r();
    ~Context() { GEOS_finish_r(handle); }
};

GEOSContextHandle_t geos() {
    static thread_local Context context;
    return context.handle;
}

struct Destroy {
    void operator()(GEOSGeometry* geometry) const { GEOSGeom_destroy_r(geos(), geometry); }
};
using Geometry = std::unique_ptr<GEOSGeometry, Destroy>;

GEOSGeometry* ring_of(const Ring& ring) {
    const auto size = static_cast<unsigned>(ring.size() + 1);
    GEOSCoordSequence* points = GEOSCoordSeq_create_r(geos(), size, 2);
    for (unsigned i = 0; i < size; ++i) {
        const TilePoint& p = ring[i % ring.size()];
        GEOSCoordSeq_setXY_r(geos(), points, i, static_cast<double>(p.x), static_cast<double>(p.y));
    }
    return GEOSGeom_createLinearRing_r(geos(), points);
}

Geometry polygon_of(std::span<const Ring> rings) {
    std::vector<GEOSGeometry*> holes;
    for (const Ring& hole : rings.subspan(1)) holes.push_back(ring_of(hole));
    return Geometry(
        GEOSGeom_createPolygon_r(geos(), ring_of(rings.front()), holes.data(), static_cast<unsigned>(holes.size())));
}

/// Holes stay holes even where rounding let them touch the shell: the linework alone would not tell.
Geometry valid(const GEOSGeometry* polygon) {
    GEOSMakeValidParams* params = GEOSMakeValidParams_create_r(geos());
    GEOSMakeValidParams_setMethod_r(geos(), params, GEOS_MAKE_VALID_STRUCTURE);
    GEOSMakeValidParams_setKeepCollapsed_r(geos(), params, 0);
    Geometry made(GEOSMakeValidWithParams_r(geos(), polygon, params));
    GEOSMakeValidParams_destroy_r(geos(), params);
    return made;
}

Geometry valid_polygon(std::span<const Ring> rings) {
    Geometry polygon = polygon_of(rings);
    if (polygon && GEOSisValid_r(geos(), polygon.get()) != 1) polygon = valid(polygon.get());
    return polygon;
}

/// Points on the way from one to the next.
enum class Straight { Dropped, Kept };

Ring ring_from(const GEOSGeometry* geometry, Straight straight) {
    const GEOSCoordSequence* points = GEOSGeom_getCoordSeq_r(geos(), geometry);
    unsigned size = 0;
    GEOSCoordSeq_getSize_r(geos(), points, &size);
    Ring ring;
    {
        RingMaker maker(ring, size);
        for (unsigned i = 0; i + 1 < size; ++i) {
            double x = 0;
            double y = 0;
            GEOSCoordSeq_getXY_r(geos(), points, i, &x, &y);
            const TilePoint point{std::llround(x), std::llround(y)};
            if (straight == Straight::Dropped) {
                maker.add_dropping_straight(point);
            } else {
                maker.add(point);
            }
        }
    }
    if (straight == Straight::Dropped) {
        close_ring(ring);
    } else if (ring.size() > 1 && ring.back() == ring.front()) {
        ring.pop_back();
    }
    return ring;
}

void collect(const GEOSGeometry* geometry, std::vector<TilePolygon>& out, Straight straight = Straight::Dropped) {
    const int type = GEOSGeomTypeId_r(geos(), geometry);
    if (type == GEOS_POLYGON) {
        TilePolygon polygon;
        if (GEOSisEmpty_r(geos(), geometry) != 0) return;
        polygon.rings.push_back(ring_from(GEOSGetExteriorRing_r(geos(), geometry), straight));
        if (polygon.rings.front().size() < 3) return;
        for (int i = 0; i < GEOSGetNumInteriorRings_r(geos(), geometry); ++i) {
            Ring hole = ring_from(GEOSGetInteriorRingN_r(geos(), geometry, i), straight);
            if (hole.size() >= 3) polygon.rings.push_back(std::move(hole));
        }
        out.push_back(std::move(polygon));
    } else if (type == GEOS_MULTIPOLYGON || type == GEOS_GEOMETRYCOLLECTION) {
        for (int i = 0; i < GEOSGetNumGeometries_r(geos(), geometry); ++i)
            collect(GEOSGetGeometryN_r(geos(), geometry, i), out, straight);
    }
}

}  // namespace

std::vector<TilePolygon> repaired(std::span<const Ring> rings, const ClipBox& box) {
    std::vector<TilePolygon> out;
    const Geometry polygon = valid_polygon(rings);
    const Ring corners{{box.min, box.min}, {box.max, box.min}, {box.max, box.max}, {box.min, box.max}};
    const Geometry frame = polygon_of({&corners, 1});
    const Geometry cut(polygon && frame ? GEOSIntersectionPrec_r(geos(), polygon.get(), frame.get(), 1.0) : nullptr);
    if (cut) collect(cut.get(), out);
    return out;
}

std::vector<TilePolygon> repaired(std::span<const Ring> rings) {
    std::vector<TilePolygon> out;
    const Geometry polygon = valid_polygon(rings);
    const Geometry rounded(polygon ? GEOSGeom_setPrecision_r(geos(), polygon.get(), 1.0, 0) : nullptr);
    if (rounded) collect(rounded.get(), out);
    return out;
}

std::vector<TilePolygon> cut(std::span<const Ring> rings, const ClipBox& box) {
    TilePolygon clipped;
    for (const Ring& ring : rings) {
        Ring copy(ring);
        clip_ring(copy, box);
        if (copy.size() >= 3 && area2(copy) != 0) {
            clipped.rings.push_back(std::move(copy));
        } else if (clipped.rings.empty()) {
            return {};
        }
    }
    if (is_plain(clipped.rings)) return {std::move(clipped)};
    return repaired(rings, box);
}

std::vector<TilePolygon> united(std::span<const TilePolygon> polygons) {
    std::vector<GEOSGeometry*> parts;
    for (const TilePolygon& polygon : polygons) {
        if (Geometry part = valid_polygon(polygon.rings)) parts.push_back(part.release());
    }
    const Geometry all(GEOSGeom_createCollection_r(geos(), GEOS_GEOMETRYCOLLECTION, parts.data(),
                                                   static_cast<unsigned>(parts.size())));
    const Geometry whole(all ? GEOSUnaryUnion_r(geos(), all.get()) : nullptr);
    std::vector<TilePolygon> out;
    if (!whole) return {polygons.begin(), polygons.end()};
    collect(whole.get(), out, Straight::Kept);
    return out;
}

}  // namespace tiles
