#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gis/layer/layer.hpp"

namespace gis::read {

/// A geometry on its way through the readers: 2D, flat arrays, reused from one feature to the next.
struct Shape {
    enum class Kind { None, Point, Line, Polygon };
    Kind kind = Kind::None;
    std::vector<double> xy;            ///< interleaved x, y
    std::vector<std::uint32_t> rings;  ///< where each line or ring ends, counted in vertices; unused by points
    std::vector<std::uint32_t> parts;  ///< where each polygon ends, counted in rings; polygons only
    bool had_z = false;

    void clear();
    bool empty() const { return kind == Kind::None || xy.empty(); }
    std::size_t vertex_count() const { return xy.size() / 2; }
    std::size_t part_count() const;
};

struct Extent {
    double min_x = 0, min_y = 0, max_x = 0, max_y = 0;
};

/// NaN anywhere makes the box NaN, so that no comparison with it holds.
Extent extent_of(const Shape& shape);

/// Sum of shells less holes, each ring counted positive whatever its direction.
double area_of(const Shape& shape);

/// Adds the missing last vertex of open rings; how many were open.
int close_rings(Shape& shape);

/// Little-endian WKB of the type the table wants: a Multi type wraps, a single type takes the only part.
/// Empty when the shape does not fit (two parts for a single type, a line for polygons).
std::string to_wkb(const Shape& shape, GeometryType wanted);

/// The shape `wkb` holds (polygons and collections of polygons only count when `kind` is Polygon, and so on).
/// Reads what GEOS and our own writer make; other dimensions are left out.
Shape from_wkb(const std::string& wkb, Shape::Kind kind);

/// The same bytes for the same place whatever the order of parts, the first vertex and the direction: centimetres
/// (10^-7 degree for a geographic CRS when `scale` says so), to be hashed into an id.
std::string canonical_bytes(const Shape& shape, double scale);

Shape::Kind kind_of(GeometryType type);

}  // namespace gis::read
