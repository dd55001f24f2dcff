#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gis/layer/layer.hpp"

namespace gis {

/// A shape taken apart: one geometry or a flat multi-geometry, its coordinates in one row. What GEOS and PostGIS cannot
/// say plainly (dimension, finite numbers, open rings, curves) is told while reading.
struct WkbShape {
    GeometryType type = GeometryType::Any;  ///< of the whole; Any: a collection
    bool has_z = false;
    std::vector<double> xy;  ///< x, y pairs of every position, in order
    std::vector<double> z;   ///< as many as there are positions, when has_z
    /// Number of parts, of rings in each, of positions in each: enough to write it again.
    std::vector<std::vector<std::size_t>> parts;

    bool is_empty() const { return xy.empty(); }
};

/// What reading gave: the shape, or what was expected instead.
struct ReadShape {
    std::optional<WkbShape> shape;
    std::string expected;
};

/// Reads WKB, ISO or extended, of a point, line, polygon or a multi-geometry of them. Bounded by the bytes themselves.
ReadShape read_wkb(std::string_view wkb);

/// ISO WKB, little endian, as `type`: a single geometry becomes a multi-geometry of one where that is asked.
/// `type` is the shape's own or its multi form.
std::string write_wkb(const WkbShape& shape, GeometryType type);

/// Point -> MultiPoint and so on; a multi type stays.
GeometryType multi_of(GeometryType type);

}  // namespace gis
