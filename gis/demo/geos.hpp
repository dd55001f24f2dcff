#pragma once

#include <memory>
#include <vector>

#include "gis/demo/plane.hpp"

// The C API's types, so that this header needs no GEOS header.
struct GEOSContextHandle_HS;
struct GEOSGeom_t;

namespace gis::demo {

/// The few operations that own geometry cannot do well. One object for one thread; failures throw std::runtime_error.
class Geos {
  public:
    Geos();

    struct GeometryDeleter {
        GEOSContextHandle_HS* context;
        void operator()(GEOSGeom_t* geometry) const;
    };
    using Geometry = std::unique_ptr<GEOSGeom_t, GeometryDeleter>;

    Geometry geometry(const Ring& ring) const;
    Geometry geometry(const MultiPolygon& shape) const;
    Geometry geometry(const Line& line) const;
    Geometry collection(std::vector<Geometry> parts) const;

    Geometry buffer(const Geometry& shape, double distance, int quadrant_segments) const;
    Geometry intersection(const Geometry& a, const Geometry& b) const;
    Geometry difference(const Geometry& a, const Geometry& b) const;
    Geometry unary_union(const Geometry& collection) const;
    Geometry simplified(const Geometry& shape, double tolerance) const;
    bool is_valid(const Geometry& shape) const;

    /// The polygons of any geometry on the centimetre grid, valid; lines and points in it are dropped.
    MultiPolygon polygons(const Geometry& shape) const;
    /// The lines of any geometry.
    std::vector<Line> lines(const Geometry& shape) const;
    /// The faces that a set of lines encloses; rounding keeps them sharing their vertices.
    std::vector<Ring> faces(const std::vector<Line>& edges) const;
    /// The outline of rings that share their vertices exactly.
    MultiPolygon coverage_union(const std::vector<Ring>& rings) const;

  private:
    Geometry own(GEOSGeom_t* geometry) const;
    MultiPolygon read_polygons(const GEOSGeom_t* shape) const;

    struct ContextDeleter {
        void operator()(GEOSContextHandle_HS* context) const;
    };
    std::unique_ptr<GEOSContextHandle_HS, ContextDeleter> context_;
};

}  // namespace gis::demo
