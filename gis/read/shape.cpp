#include "gis/read/shape.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <utility>

namespace gis::read {

static_assert(std::endian::native == std::endian::little, "WKB is written as the processor stores it");

namespace {

constexpr std::uint32_t wkb_point = 1, wkb_line = 2, wkb_polygon = 3, wkb_multi = 3;

template <typename T>
void put(std::string& out, T value) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    out.append(bytes, sizeof(T));
}

void put_header(std::string& out, std::uint32_t type) {
    out += '\1';
    put(out, type);
}

void put_vertices(std::string& out, const Shape& shape, std::size_t first, std::size_t last) {
    const auto* begin = reinterpret_cast<const char*>(shape.xy.data() + 2 * first);
    out.append(begin, (last - first) * 2 * sizeof(double));
}

void put_run(std::string& out, const Shape& shape, std::size_t ring) {
    const std::size_t first = ring == 0 ? 0 : shape.rings[ring - 1];
    put(out, static_cast<std::uint32_t>(shape.rings[ring] - first));
    put_vertices(out, shape, first, shape.rings[ring]);
}

void put_part(std::string& out, const Shape& shape, std::size_t part) {
    switch (shape.kind) {
        case Shape::Kind::Point:
            put_header(out, wkb_point);
            put_vertices(out, shape, part, part + 1);
            break;
        case Shape::Kind::Line:
            put_header(out, wkb_line);
            put_run(out, shape, part);
            break;
        case Shape::Kind::Polygon: {
            const std::size_t first = part == 0 ? 0 : shape.parts[part - 1];
            put_header(out, wkb_polygon);
            put(out, static_cast<std::uint32_t>(shape.parts[part] - first));
            for (std::size_t ring = first; ring < shape.parts[part]; ++ring) put_run(out, shape, ring);
            break;
        }
        case Shape::Kind::None:
            break;
    }
}

std::uint32_t single_type(Shape::Kind kind) {
    return kind == Shape::Kind::Point ? wkb_point : kind == Shape::Kind::Line ? wkb_line : wkb_polygon;
}

bool is_multi(GeometryType type) {
    return type == GeometryType::MultiPoint || type == GeometryType::MultiLineString ||
           type == GeometryType::MultiPolygon;
}

double ring_area(std::span<const double> xy) {
    if (xy.size() < 6) return 0;
    double twice = 0;
    // Relative to the first vertex: Lambert-93 northings would eat the digits.
    for (std::size_t i = 2; i + 3 < xy.size(); i += 2) {
        twice += (xy[i] - xy[0]) * (xy[i + 3] - xy[1]) - (xy[i + 2] - xy[0]) * (xy[i + 1] - xy[1]);
    }
    return twice / 2;
}

std::span<const double> ring_of(const Shape& shape, std::size_t ring) {
    const std::size_t first = ring == 0 ? 0 : shape.rings[ring - 1];
    return std::span(shape.xy).subspan(2 * first, 2 * (shape.rings[ring] - first));
}

/// A reader over bytes that never goes past their end.
class WkbCursor {
  public:
    explicit WkbCursor(const std::string& bytes) : bytes_(bytes) {}
    template <typename T>
    T take() {
        T value{};
        if (at_ + sizeof(T) <= bytes_.size()) std::memcpy(&value, bytes_.data() + at_, sizeof(T));
        at_ += sizeof(T);
        return value;
    }
    bool good() const { return at_ <= bytes_.size(); }

  private:
    const std::string& bytes_;
    std::size_t at_ = 0;
};

void take_run(WkbCursor& cursor, Shape* into) {
    const auto count = cursor.take<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && cursor.good(); ++i) {
        const double x = cursor.take<double>();
        const double y = cursor.take<double>();
        if (into) into->xy.insert(into->xy.end(), {x, y});
    }
    if (into) into->rings.push_back(static_cast<std::uint32_t>(into->xy.size() / 2));
}

void take_geometry(WkbCursor& cursor, Shape& shape) {
    cursor.take<char>();
    const auto type = cursor.take<std::uint32_t>();
    if (!cursor.good()) return;
    if (type == wkb_point) {
        const double x = cursor.take<double>();
        const double y = cursor.take<double>();
        if (shape.kind == Shape::Kind::Point) shape.xy.insert(shape.xy.end(), {x, y});
    } else if (type == wkb_line) {
        take_run(cursor, shape.kind == Shape::Kind::Line ? &shape : nullptr);
    } else if (type == wkb_polygon) {
        const bool wanted = shape.kind == Shape::Kind::Polygon;
        const auto rings = cursor.take<std::uint32_t>();
        for (std::uint32_t i = 0; i < rings && cursor.good(); ++i) take_run(cursor, wanted ? &shape : nullptr);
        if (wanted && rings > 0) shape.parts.push_back(static_cast<std::uint32_t>(shape.rings.size()));
    } else {
        const auto members = cursor.take<std::uint32_t>();
        for (std::uint32_t i = 0; i < members && cursor.good(); ++i) take_geometry(cursor, shape);
    }
}

using Cell = std::pair<std::int64_t, std::int64_t>;

/// A ring without its repeated last vertex, from its smallest vertex on, in the direction that reads smaller.
std::string canonical_run(std::span<const double> xy, double scale, bool closed) {
    std::vector<Cell> cells;
    cells.reserve(xy.size() / 2);
    for (std::size_t i = 0; i + 1 < xy.size(); i += 2) {
        const Cell cell{std::llround(xy[i] * scale), std::llround(xy[i + 1] * scale)};
        if (cells.empty() || cells.back() != cell) cells.push_back(cell);
    }
    if (closed && cells.size() > 1 && cells.front() == cells.back()) cells.pop_back();
    std::vector<Cell> reversed(cells.rbegin(), cells.rend());
    if (closed) {
        std::rotate(cells.begin(), std::ranges::min_element(cells), cells.end());
        std::rotate(reversed.begin(), std::ranges::min_element(reversed), reversed.end());
    }
    std::string bytes;
    for (const auto& [x, y] : std::min(cells, reversed)) {
        put(bytes, x);
        put(bytes, y);
    }
    return bytes;
}

}  // namespace

void Shape::clear() {
    kind = Kind::None;
    xy.clear();
    rings.clear();
    parts.clear();
    had_z = false;
}

std::size_t Shape::part_count() const {
    switch (kind) {
        case Kind::None:
            return 0;
        case Kind::Point:
            return vertex_count();
        case Kind::Line:
            return rings.size();
        case Kind::Polygon:
            return parts.size();
    }
    return 0;
}

Extent extent_of(const Shape& shape) {
    constexpr double infinite = std::numeric_limits<double>::infinity();
    constexpr double none = std::numeric_limits<double>::quiet_NaN();
    Extent box{infinite, infinite, -infinite, -infinite};
    double sum = 0;
    for (std::size_t i = 0; i + 1 < shape.xy.size(); i += 2) {
        const double x = shape.xy[i];
        const double y = shape.xy[i + 1];
        sum += x * 0.0 + y * 0.0;  // stays 0 unless something is NaN or infinite
        box = {std::min(box.min_x, x), std::min(box.min_y, y), std::max(box.max_x, x), std::max(box.max_y, y)};
    }
    if (sum != 0 || shape.xy.empty()) return {none, none, none, none};
    return box;
}

double area_of(const Shape& shape) {
    if (shape.kind != Shape::Kind::Polygon) return 0;
    double total = 0;
    std::size_t ring = 0;
    for (const std::uint32_t last : shape.parts) {
        for (const std::size_t shell = ring; ring < last; ++ring) {
            const double area = std::abs(ring_area(ring_of(shape, ring)));
            total += ring == shell ? area : -area;
        }
    }
    return total;
}

int close_rings(Shape& shape) {
    if (shape.kind != Shape::Kind::Polygon) return 0;
    int open = 0;
    for (std::size_t ring = 0; ring < shape.rings.size(); ++ring) {
        const std::size_t first = ring == 0 ? 0 : shape.rings[ring - 1];
        const std::size_t last = shape.rings[ring];
        if (last == first) continue;
        const double x = shape.xy[2 * first];
        const double y = shape.xy[2 * first + 1];
        if (shape.xy[2 * last - 2] == x && shape.xy[2 * last - 1] == y) continue;
        const double vertex[2] = {x, y};
        shape.xy.insert(shape.xy.begin() + static_cast<std::ptrdiff_t>(2 * last), vertex, vertex + 2);
        for (std::size_t later = ring; later < shape.rings.size(); ++later) ++shape.rings[later];
        ++open;
    }
    return open;
}

Shape::Kind kind_of(GeometryType type) {
    switch (type) {
        case GeometryType::Point:
        case GeometryType::MultiPoint:
            return Shape::Kind::Point;
        case GeometryType::LineString:
        case GeometryType::MultiLineString:
            return Shape::Kind::Line;
        case GeometryType::Polygon:
        case GeometryType::MultiPolygon:
            return Shape::Kind::Polygon;
        case GeometryType::Any:
            return Shape::Kind::None;
    }
    return Shape::Kind::None;
}

std::string to_wkb(const Shape& shape, GeometryType wanted) {
    std::string wkb;
    const std::size_t parts = shape.part_count();
    if (parts == 0) return wkb;
    const bool any = wanted == GeometryType::Any;
    if (!any && kind_of(wanted) != shape.kind) return wkb;
    const bool multi = any ? parts > 1 : is_multi(wanted);
    if (!multi && parts > 1) return wkb;
    wkb.reserve(16 + shape.xy.size() * sizeof(double) + 9 * parts + 4 * shape.rings.size());
    if (multi) {
        put_header(wkb, single_type(shape.kind) + wkb_multi);
        put(wkb, static_cast<std::uint32_t>(parts));
    }
    for (std::size_t part = 0; part < parts; ++part) put_part(wkb, shape, part);
    return wkb;
}

Shape from_wkb(const std::string& wkb, Shape::Kind kind) {
    Shape shape;
    shape.kind = kind;
    WkbCursor cursor(wkb);
    take_geometry(cursor, shape);
    if (!cursor.good()) shape.clear();
    return shape;
}

std::string canonical_bytes(const Shape& shape, double scale) {
    std::vector<std::string> parts;
    if (shape.kind == Shape::Kind::Polygon) {
        std::size_t ring = 0;
        for (const std::uint32_t last : shape.parts) {
            std::string shell = ring < last ? canonical_run(ring_of(shape, ring++), scale, true) : "";
            std::vector<std::string> holes;
            for (; ring < last; ++ring) holes.push_back(canonical_run(ring_of(shape, ring), scale, true));
            std::ranges::sort(holes);
            for (const auto& hole : holes) shell += "|" + hole;
            parts.push_back(std::move(shell));
        }
    } else if (shape.kind == Shape::Kind::Line) {
        for (std::size_t line = 0; line < shape.rings.size(); ++line) {
            parts.push_back(canonical_run(ring_of(shape, line), scale, false));
        }
    } else {
        for (std::size_t i = 0; i + 1 < shape.xy.size(); i += 2) {
            parts.push_back(canonical_run(std::span(shape.xy).subspan(i, 2), scale, false));
        }
    }
    std::ranges::sort(parts);
    std::string bytes;
    for (const auto& part : parts) bytes += part + "\n";
    return bytes;
}

}  // namespace gis::read
