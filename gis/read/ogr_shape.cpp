#include "gis/read/ogr_shape.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
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

std::string append_part(const OGRGeometry* geometry, Shape& shape, int depth) {
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
                std::string why = append_part(member, shape, depth + 1);
                if (!why.empty()) return why;
            }
            return "";
        }
        default:
            return std::string("type de géométrie non pris en charge : ") + geometry->getGeometryName();
    }
}

/// Points, lines and polygons of one kind, single or multi, which is nearly all there is: without an object for each.
class WkbReader {
  public:
    explicit WkbReader(std::string_view bytes) : left_(bytes) {}

    /// False when it is something else, or broken: the shape is then worth nothing.
    bool fill(Shape& shape) { return take_geometry(shape, 0); }

  private:
    template <typename T>
    T take() {
        T value{};
        if (left_.size() < sizeof(T)) {
            broken_ = true;
            return value;
        }
        std::memcpy(&value, left_.data(), sizeof(T));
        left_.remove_prefix(sizeof(T));
        if (!swapped_) return value;
        auto* bytes = reinterpret_cast<unsigned char*>(&value);
        std::reverse(bytes, bytes + sizeof(T));
        return value;
    }

    bool take_geometry(Shape& shape, int depth) {
        swapped_ = take<std::uint8_t>() == 0;
        const auto type = take<std::uint32_t>();
        if (broken_ || depth > 1) return false;
        constexpr std::uint32_t has_z = 0x80000000, has_m = 0x40000000, has_srid = 0x20000000;
        const std::uint32_t plain = type & ~(has_z | has_m | has_srid);
        const std::uint32_t iso = plain / 1000;  // 1: Z, 2: M, 3: both
        if (iso > 3) return false;
        const bool z = (type & has_z) != 0 || (iso & 1) != 0;
        const bool m = (type & has_m) != 0 || iso >= 2;
        if ((type & has_srid) != 0) take<std::uint32_t>();
        ordinates_ = 2U + (z ? 1U : 0U) + (m ? 1U : 0U);
        shape.had_z = shape.had_z || z;
        switch (plain % 1000) {
            case wkbPoint:
                return accepts(shape, Shape::Kind::Point) && take_vertices(shape, 1) && !std::isnan(shape.xy.back());
            case wkbLineString:
                return accepts(shape, Shape::Kind::Line) && take_run(shape);
            case wkbPolygon:
                return accepts(shape, Shape::Kind::Polygon) && take_polygon(shape);
            case wkbMultiPoint:
            case wkbMultiLineString:
            case wkbMultiPolygon: {
                const auto members = take<std::uint32_t>();
                for (std::uint32_t i = 0; i < members; ++i) {
                    if (!take_geometry(shape, depth + 1)) return false;
                }
                return !broken_;
            }
            default:
                return false;
        }
    }

    bool take_polygon(Shape& shape) {
        const auto rings = take<std::uint32_t>();
        for (std::uint32_t i = 0; i < rings; ++i) {
            if (!take_run(shape)) return false;
        }
        if (rings > 0) shape.parts.push_back(static_cast<std::uint32_t>(shape.rings.size()));
        return !broken_;
    }

    bool take_run(Shape& shape) {
        const auto count = take<std::uint32_t>();
        if (broken_ || !take_vertices(shape, count)) return false;
        shape.rings.push_back(static_cast<std::uint32_t>(shape.vertex_count()));
        return true;
    }

    bool take_vertices(Shape& shape, std::size_t count) {
        if (count > left_.size() / (ordinates_ * sizeof(double))) return false;
        if (ordinates_ == 2 && !swapped_) {
            const std::size_t first = shape.xy.size();
            shape.xy.resize(first + 2 * count);
            if (count > 0) std::memcpy(&shape.xy[first], left_.data(), 2 * count * sizeof(double));
            left_.remove_prefix(2 * count * sizeof(double));
            return true;
        }
        for (std::size_t i = 0; i < count; ++i) {
            shape.xy.push_back(take<double>());
            shape.xy.push_back(take<double>());
            for (std::size_t other = 2; other < ordinates_; ++other) take<double>();
        }
        return true;
    }

    std::string_view left_;
    std::size_t ordinates_ = 2;
    bool swapped_ = false;
    bool broken_ = false;
};

}  // namespace

std::string fill_shape(const OGRGeometry* geometry, Shape& shape) {
    shape.clear();
    if (!geometry) return "";
    if (!geometry->hasCurveGeometry()) return append_part(geometry, shape, 0);
    const std::unique_ptr<OGRGeometry> linear(geometry->getLinearGeometry());
    return linear ? append_part(linear.get(), shape, 0) : "courbe non convertible en segments";
}

std::string fill_shape(std::string_view wkb, Shape& shape) {
    shape.clear();
    if (WkbReader(wkb).fill(shape)) return "";
    shape.clear();
    OGRGeometry* raw = nullptr;
    const auto status = OGRGeometryFactory::createFromWkb(wkb.data(), nullptr, &raw, wkb.size());
    const std::unique_ptr<OGRGeometry> geometry(raw);
    return status == OGRERR_NONE ? fill_shape(geometry.get(), shape) : "géométrie illisible";
}

}  // namespace gis::read
