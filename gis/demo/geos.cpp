#include "gis/demo/geos.hpp"

#include <geos_c.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace gis::demo {

namespace {

GEOSCoordSequence* sequence(GEOSContextHandle_t c, const std::vector<Vec>& points) {
    GEOSCoordSequence* out = GEOSCoordSeq_create_r(c, static_cast<unsigned>(points.size()), 2);
    for (unsigned i = 0; i < points.size(); ++i) GEOSCoordSeq_setXY_r(c, out, i, points[i].x, points[i].y);
    return out;
}

std::vector<Vec> coordinates(GEOSContextHandle_t c, const GEOSGeometry* line) {
    const GEOSCoordSequence* from = GEOSGeom_getCoordSeq_r(c, line);
    unsigned count = 0;
    GEOSCoordSeq_getSize_r(c, from, &count);
    std::vector<Vec> out(count);
    for (unsigned i = 0; i < count; ++i) GEOSCoordSeq_getXY_r(c, from, i, &out[i].x, &out[i].y);
    return out;
}

/// Open, on the grid, in the wanted direction.
Ring read_ring(GEOSContextHandle_t c, const GEOSGeometry* ring, bool counter_clockwise) {
    Ring out;
    for (const Vec v : coordinates(c, ring)) {
        const Point p = rounded(v);
        if (out.empty() || !(out.back() == p)) out.push_back(p);
    }
    while (out.size() > 1 && out.front() == out.back()) out.pop_back();
    if ((area(out) > 0) != counter_clockwise) std::reverse(out.begin(), out.end());
    return out;
}

std::vector<Vec> closed(const Ring& ring) {
    std::vector<Vec> out;
    for (const Point p : ring) out.push_back(metres(p));
    out.push_back(metres(ring.front()));
    return out;
}

GEOSGeometry* linear_ring(GEOSContextHandle_t c, const Ring& ring) {
    return GEOSGeom_createLinearRing_r(c, sequence(c, closed(ring)));
}

template <typename Visit>
void each_part(GEOSContextHandle_t c, const GEOSGeometry* shape, Visit&& visit) {
    const int type = GEOSGeomTypeId_r(c, shape);
    if (type < GEOS_MULTIPOINT) {
        visit(shape, type);
        return;
    }
    const int count = GEOSGetNumGeometries_r(c, shape);
    for (int i = 0; i < count; ++i) each_part(c, GEOSGetGeometryN_r(c, shape, i), visit);
}

}  // namespace

void Geos::GeometryDeleter::operator()(GEOSGeom_t* geometry) const {
    GEOSGeom_destroy_r(context, geometry);
}
void Geos::ContextDeleter::operator()(GEOSContextHandle_HS* context) const {
    GEOS_finish_r(context);
}

Geos::Geos() : context_(GEOS_init_r()) {}

Geos::Geometry Geos::own(GEOSGeom_t* geometry) const {
    if (!geometry) throw std::runtime_error("GEOS could not compute a shape of the demonstration territory");
    return Geometry(geometry, GeometryDeleter{context_.get()});
}

Geos::Geometry Geos::geometry(const Ring& ring) const {
    return own(GEOSGeom_createPolygon_r(context_.get(), linear_ring(context_.get(), ring), nullptr, 0));
}

Geos::Geometry Geos::geometry(const MultiPolygon& shape) const {
    std::vector<Geometry> parts;
    for (const Polygon& polygon : shape) {
        std::vector<GEOSGeometry*> holes;
        for (std::size_t i = 1; i < polygon.size(); ++i) holes.push_back(linear_ring(context_.get(), polygon[i]));
        parts.push_back(own(GEOSGeom_createPolygon_r(context_.get(), linear_ring(context_.get(), polygon[0]),
                                                     holes.data(), static_cast<unsigned>(holes.size()))));
    }
    std::vector<GEOSGeometry*> raw;
    for (Geometry& part : parts) raw.push_back(part.release());
    return own(
        GEOSGeom_createCollection_r(context_.get(), GEOS_MULTIPOLYGON, raw.data(), static_cast<unsigned>(raw.size())));
}

Geos::Geometry Geos::geometry(const Line& line) const {
    return own(GEOSGeom_createLineString_r(context_.get(), sequence(context_.get(), line)));
}

Geos::Geometry Geos::collection(std::vector<Geometry> parts) const {
    std::vector<GEOSGeometry*> raw;
    for (Geometry& part : parts) raw.push_back(part.release());
    return own(GEOSGeom_createCollection_r(context_.get(), GEOS_GEOMETRYCOLLECTION, raw.data(),
                                           static_cast<unsigned>(raw.size())));
}

Geos::Geometry Geos::buffer(const Geometry& shape, double distance, int quadrant_segments) const {
    return own(GEOSBuffer_r(context_.get(), shape.get(), distance, quadrant_segments));
}

Geos::Geometry Geos::intersection(const Geometry& a, const Geometry& b) const {
    return own(GEOSIntersection_r(context_.get(), a.get(), b.get()));
}

Geos::Geometry Geos::difference(const Geometry& a, const Geometry& b) const {
    return own(GEOSDifference_r(context_.get(), a.get(), b.get()));
}

Geos::Geometry Geos::unary_union(const Geometry& collection) const {
    return own(GEOSUnaryUnion_r(context_.get(), collection.get()));
}

Geos::Geometry Geos::simplified(const Geometry& shape, double tolerance) const {
    return own(GEOSTopologyPreserveSimplify_r(context_.get(), shape.get(), tolerance));
}

bool Geos::is_valid(const Geometry& shape) const {
    return GEOSisValid_r(context_.get(), shape.get()) == 1;
}

MultiPolygon Geos::read_polygons(const GEOSGeom_t* shape) const {
    MultiPolygon out;
    GEOSContextHandle_t c = context_.get();
    each_part(c, shape, [&](const GEOSGeometry* part, int type) {
        if (type != GEOS_POLYGON || GEOSisEmpty_r(c, part) == 1) return;
        Polygon polygon{read_ring(c, GEOSGetExteriorRing_r(c, part), true)};
        for (int i = 0; i < GEOSGetNumInteriorRings_r(c, part); ++i) {
            polygon.push_back(read_ring(c, GEOSGetInteriorRingN_r(c, part, i), false));
        }
        out.push_back(std::move(polygon));
    });
    return out;
}

MultiPolygon Geos::polygons(const Geometry& shape) const {
    return read_polygons(own(GEOSGeom_setPrecision_r(context_.get(), shape.get(), 0.01, 0)).get());
}

std::vector<Line> Geos::lines(const Geometry& shape) const {
    std::vector<Line> out;
    each_part(context_.get(), shape.get(), [&](const GEOSGeometry* part, int type) {
        if (type == GEOS_LINESTRING && GEOSisEmpty_r(context_.get(), part) == 0) {
            out.push_back(coordinates(context_.get(), part));
        }
    });
    return out;
}

std::vector<Ring> Geos::faces(const std::vector<Line>& edges) const {
    std::vector<Geometry> parts;
    for (const Line& line : edges) parts.push_back(geometry(line));
    const Geometry noded = own(GEOSUnaryUnionPrec_r(context_.get(), collection(std::move(parts)).get(), 0.01));
    const GEOSGeometry* input[] = {noded.get()};
    const Geometry made = own(GEOSPolygonize_r(context_.get(), input, 1));
    std::vector<Ring> out;
    for (Polygon& polygon : read_polygons(made.get())) out.push_back(std::move(polygon.front()));
    return out;
}

MultiPolygon Geos::coverage_union(const std::vector<Ring>& rings) const {
    std::vector<Geometry> parts;
    for (const Ring& ring : rings) parts.push_back(geometry(ring));
    const Geometry all = collection(std::move(parts));
    return read_polygons(own(GEOSCoverageUnion_r(context_.get(), all.get())).get());
}

}  // namespace gis::demo
