#include "gis/read/ogr_shape.hpp"

#include <memory>

namespace gis::read {

namespace {

void append_run(const OGRSimpleCurve* line, Shape& shape) {
    const auto count = static_cast<std::size_t>(line->getNumPoints());
    if (count > 0) {
        const std::size_t first = shape.xy.size();
        shape.xy.resize(first + 2 * count);
        constexpr int stride = 2 * sizeof(double);
        line->getPoints(&shape.xy[first], stride, &shape.xy[first + 1], stride);
    }
    shape.rings.push_back(static_cast<std::uint32_t>(shape.vertex_count()));
}

bool accepts(Shape& shape, Shape::Kind kind) {
    if (shape.kind == Shape::Kind::None) shape.kind = kind;
    return shape.kind == kind;
}

std::string append(const OGRGeometry* geometry, Shape& shape, int depth) {
    constexpr const char* mixed = "collection de géométries de natures différentes ; séparez-les";
    if (depth > 8) return "collections imbriquées trop profondément";
    if (geometry->IsEmpty()) return "";
    shape.had_z = shape.had_z || geometry->Is3D() != 0;
    switch (wkbFlatten(geometry->getGeometryType())) {
        case wkbPoint: {
            if (!accepts(shape, Shape::Kind::Point)) return mixed;
            const auto* point = geometry->toPoint();
            shape.xy.insert(shape.xy.end(), {point->getX(), point->getY()});
            return "";
        }
        case wkbLineString:
            if (!accepts(shape, Shape::Kind::Line)) return mixed;
            append_run(geometry->toLineString(), shape);
            return "";
        case wkbPolygon:
        case wkbTriangle: {
            if (!accepts(shape, Shape::Kind::Polygon)) return mixed;
            for (const auto* ring : *geometry->toPolygon()) append_run(ring, shape);
            shape.parts.push_back(static_cast<std::uint32_t>(shape.rings.size()));
            return "";
        }
        case wkbMultiPoint:
        case wkbMultiLineString:
        case wkbMultiPolygon:
        case wkbGeometryCollection: {
            for (const auto* member : *geometry->toGeometryCollection()) {
                std::string why = append(member, shape, depth + 1);
                if (!why.empty()) return why;
            }
            return "";
        }
        default:
            return std::string("type de géométrie non pris en charge : ") + geometry->getGeometryName();
    }
}

}  // namespace

std::string fill_shape(const OGRGeometry* geometry, Shape& shape) {
    shape.clear();
    if (!geometry) return "";
    if (!geometry->hasCurveGeometry()) return append(geometry, shape, 0);
    const std::unique_ptr<OGRGeometry> linear(geometry->getLinearGeometry());
    return linear ? append(linear.get(), shape, 0) : "courbe non convertible en segments";
}

}  // namespace gis::read
