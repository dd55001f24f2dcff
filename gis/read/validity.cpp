#include "gis/read/validity.hpp"

#include <geos_c.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "gis/read/text.hpp"

namespace gis::read {

namespace {

struct Point {
    double x = 0, y = 0;
    friend bool operator==(const Point&, const Point&) = default;
};

struct Edge {
    Point from, to;
    std::uint32_t ring = 0;
    std::uint32_t index = 0;  // in its ring
    double min_x = 0, max_x = 0;
};

/// Sign of the turn a, b, c; 0 when rounding could have decided it (error bound of Shewchuk's orient2d, stage A).
int sure_turn(Point a, Point b, Point c) {
    const double left = (a.x - c.x) * (b.y - c.y);
    const double right = (a.y - c.y) * (b.x - c.x);
    const double det = left - right;
    constexpr double bound = 3.3306690738754716e-16;
    if (std::abs(det) > bound * (std::abs(left) + std::abs(right))) return det > 0 ? 1 : -1;
    return 0;
}

bool boxes_apart(const Edge& a, const Edge& b) {
    return std::max(a.from.y, a.to.y) < std::min(b.from.y, b.to.y) ||
           std::max(b.from.y, b.to.y) < std::min(a.from.y, a.to.y);
}

bool on_one_side(const Edge& line, const Edge& other) {
    const int from = sure_turn(line.from, line.to, other.from);
    return from != 0 && from == sure_turn(line.from, line.to, other.to);
}

bool surely_apart(const Edge& a, const Edge& b) {
    return boxes_apart(a, b) || on_one_side(a, b) || on_one_side(b, a);
}

/// Neighbours share one vertex and nothing else: they turn, or go straight on.
bool surely_no_spike(Point a, Point b, Point c) {
    if (sure_turn(a, b, c) != 0) return true;
    return (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y) > 0;
}

bool neighbours(const Edge& a, const Edge& b, std::uint32_t edges_in_ring) {
    if (a.ring != b.ring) return false;
    const std::uint32_t low = std::min(a.index, b.index);
    const std::uint32_t high = std::max(a.index, b.index);
    return high - low == 1 || (low == 0 && high == edges_in_ring - 1);
}

Point vertex(const Shape& shape, std::size_t i) {
    return {shape.xy[2 * i], shape.xy[2 * i + 1]};
}

/// Even-odd rule with certain comparisons only; -1 when in doubt. Edges do not touch `p`: they were found apart.
int surely_inside(const Shape& shape, std::size_t first, std::size_t last, Point p) {
    bool inside = false;
    for (std::size_t i = first; i + 1 < last; ++i) {
        const Point a = vertex(shape, i);
        const Point b = vertex(shape, i + 1);
        if ((a.y > p.y) == (b.y > p.y)) continue;
        const int turn = sure_turn(a, b, p);
        if (turn == 0) return -1;
        if ((turn > 0) == (b.y > a.y)) inside = !inside;
    }
    return inside ? 1 : 0;
}

bool collect_edges(const Shape& shape, std::vector<Edge>& edges) {
    edges.clear();
    std::size_t first = 0;
    for (std::uint32_t ring = 0; ring < shape.rings.size(); ++ring) {
        const std::size_t last = shape.rings[ring];
        if (last - first < 4 || vertex(shape, first) != vertex(shape, last - 1)) return false;
        for (std::size_t i = first; i + 1 < last; ++i) {
            const Point from = vertex(shape, i);
            const Point to = vertex(shape, i + 1);
            if (from == to) return false;
            const Point after = vertex(shape, i + 2 < last ? i + 2 : first + 1);
            if (!surely_no_spike(from, to, after)) return false;
            edges.push_back({from, to, ring, static_cast<std::uint32_t>(i - first), std::min(from.x, to.x),
                             std::max(from.x, to.x)});
        }
        first = last;
    }
    return true;
}

bool edges_apart(const Shape& shape, std::vector<Edge>& edges) {
    std::ranges::sort(edges, {}, &Edge::min_x);
    const auto edges_in = [&](std::uint32_t ring) {
        return shape.rings[ring] - (ring == 0 ? 0 : shape.rings[ring - 1]) - 1;
    };
    for (std::size_t i = 0; i < edges.size(); ++i) {
        for (std::size_t j = i + 1; j < edges.size() && edges[j].min_x <= edges[i].max_x; ++j) {
            if (neighbours(edges[i], edges[j], edges_in(edges[i].ring))) continue;
            if (!surely_apart(edges[i], edges[j])) return false;
        }
    }
    return true;
}

bool holes_in_place(const Shape& shape) {
    for (std::size_t hole = 1; hole < shape.rings.size(); ++hole) {
        const Point p = vertex(shape, shape.rings[hole - 1]);
        if (surely_inside(shape, 0, shape.rings[0], p) != 1) return false;
        for (std::size_t other = 1; other < shape.rings.size(); ++other) {
            if (other != hole && surely_inside(shape, shape.rings[other - 1], shape.rings[other], p) != 0) return false;
        }
    }
    return true;
}

std::string in_french(const char* reason) {
    const std::string text = lower(reason ? reason : "");
    if (text.starts_with("self-intersection")) return "le contour se recoupe";
    if (text.starts_with("ring self-intersection")) return "un anneau se recoupe";
    if (text.starts_with("hole lies outside")) return "un trou est hors du contour";
    if (text.starts_with("holes are nested")) return "deux trous s'emboîtent";
    if (text.starts_with("nested shells")) return "deux parties s'emboîtent";
    if (text.starts_with("interior is disconnected")) return "l'intérieur est coupé en deux";
    if (text.starts_with("duplicate rings")) return "deux anneaux sont identiques";
    if (text.starts_with("too few points")) return "un anneau a moins de quatre sommets";
    return "géométrie incorrecte";
}

}  // namespace

bool surely_valid(const Shape& shape) {
    if (shape.kind != Shape::Kind::Polygon || shape.parts.size() != 1) return false;
    thread_local std::vector<Edge> edges;  // kept between features: this runs once per parcel
    if (!collect_edges(shape, edges) || !edges_apart(shape, edges)) return false;
    // Past 50 holes the check of each against each costs more than GEOS.
    return shape.rings.size() <= 50 && holes_in_place(shape);
}

struct Repairer::Impl {
    struct ContextDeleter {
        void operator()(GEOSContextHandle_t ended) const { GEOS_finish_r(ended); }
    };
    std::unique_ptr<GEOSContextHandle_HS, ContextDeleter> context{GEOS_init_r()};
    GEOSContextHandle_t geos() const { return context.get(); }

    struct GeometryDeleter {
        GEOSContextHandle_t owner;
        void operator()(GEOSGeometry* geometry) const { GEOSGeom_destroy_r(owner, geometry); }
    };
    using GeometryPtr = std::unique_ptr<GEOSGeometry, GeometryDeleter>;
    GeometryPtr own(GEOSGeometry* geometry) const { return {geometry, GeometryDeleter{geos()}}; }

    GeometryPtr from(const Shape& shape) const {
        const std::string wkb = to_wkb(shape, GeometryType::MultiPolygon);
        return own(GEOSGeomFromWKB_buf_r(geos(), reinterpret_cast<const unsigned char*>(wkb.data()), wkb.size()));
    }

    Shape shape_of(const GEOSGeometry* geometry) const {
        if (!geometry) return {};
        std::size_t size = 0;
        unsigned char* bytes = GEOSGeomToWKB_buf_r(geos(), geometry, &size);
        if (!bytes) return {};
        const std::string wkb(reinterpret_cast<const char*>(bytes), size);
        GEOSFree_r(geos(), bytes);
        return from_wkb(wkb, Shape::Kind::Polygon);
    }
};

Repairer::Repairer() : impl_(std::make_unique<Impl>()) {}
Repairer::~Repairer() = default;

std::string Repairer::why_invalid(const Shape& shape) {
    const auto geometry = impl_->from(shape);
    if (!geometry) return "un anneau a moins de quatre sommets";
    char* reason = nullptr;
    const char valid = GEOSisValidDetail_r(impl_->geos(), geometry.get(), 0, &reason, nullptr);
    std::string french = valid == 1 ? "" : in_french(reason);
    GEOSFree_r(impl_->geos(), reason);
    return french;
}

Shape Repairer::repaired(const Shape& shape) {
    Shape usable = shape;
    // GEOS cannot even hold a ring of fewer than four vertices: it encloses nothing.
    usable.xy.clear();
    usable.rings.clear();
    usable.parts.clear();
    std::size_t ring = 0;
    for (const std::uint32_t part_end : shape.parts) {
        for (const std::size_t shell = ring; ring < part_end; ++ring) {
            const std::size_t first = ring == 0 ? 0 : shape.rings[ring - 1];
            const std::size_t last = shape.rings[ring];
            if (last - first < 4) {
                if (ring == shell) ring = part_end - 1;  // a polygon without its shell is nothing
                continue;
            }
            usable.xy.insert(usable.xy.end(), shape.xy.begin() + static_cast<std::ptrdiff_t>(2 * first),
                             shape.xy.begin() + static_cast<std::ptrdiff_t>(2 * last));
            usable.rings.push_back(static_cast<std::uint32_t>(usable.xy.size() / 2));
        }
        if (!usable.rings.empty() && (usable.parts.empty() || usable.parts.back() < usable.rings.size())) {
            usable.parts.push_back(static_cast<std::uint32_t>(usable.rings.size()));
        }
    }
    if (usable.parts.empty()) return {};
    const auto geometry = impl_->from(usable);
    if (!geometry) return {};
    const auto valid = impl_->own(GEOSMakeValid_r(impl_->geos(), geometry.get()));
    Shape result = impl_->shape_of(valid.get());
    return area_of(result) > 0 ? result : Shape{};
}

Shape Repairer::united(const Shape& a, const Shape& b) {
    const auto left = impl_->from(a);
    const auto right = impl_->from(b);
    if (!left || !right) return {};
    const auto sum = impl_->own(GEOSUnion_r(impl_->geos(), left.get(), right.get()));
    return impl_->shape_of(sum.get());
}

}  // namespace gis::read
