#include "tiles/store/level.hpp"

#include <algorithm>
#include <cmath>

#include "tiles/encode/repair.hpp"

namespace tiles {

namespace {

// In units of a tile; eight are a pixel of 512.
constexpr double smallest_box = 64;         // square units
constexpr double shortest_line = 4;         // the longer side of its box
constexpr double thinnest = 0.75;           // rounding leaves little of what is thinner
constexpr double smallest_simplified = 32;  // below, what simplifying takes away would show in the area

double unit_of(int z) {
    return std::ldexp(1.0, deepest_world_zoom - z);
}

struct Measure {
    double area = 0;
    double length = 0;
    double width() const { return length == 0 ? 0 : 2 * area / length; }
};

Measure measure(std::span<const WorldPoint> ring) {
    Measure sum;
    if (ring.empty()) return sum;
    const WorldPoint origin = ring.front();
    double ax = double(ring.back().x) - origin.x;
    double ay = double(ring.back().y) - origin.y;
    double twice = 0;
    for (const WorldPoint& point : ring) {
        const double bx = double(point.x) - origin.x;
        const double by = double(point.y) - origin.y;
        twice += ax * by - bx * ay;
        sum.length += std::sqrt((bx - ax) * (bx - ax) + (by - ay) * (by - ay));
        ax = bx;
        ay = by;
    }
    sum.area = std::abs(twice) / 2;
    return sum;
}

}  // namespace

LevelMaker::LevelMaker(const PackedShapes& shapes, std::span<const Kind> kinds, std::span<const WorldBox> boxes,
                       int full_zoom, const Tolerance& tolerance, const TileUnits& units)
    : shapes_(shapes), kinds_(kinds), boxes_(boxes), units_(units), areas_(shapes.size()), widths_(shapes.size()) {
    std::vector<Stretch> stretches;
    for (std::uint32_t f = 0; f < shapes.size(); ++f) {
        if (kinds[f] == Kind::Point) continue;
        Measure feature;
        Measure polygon;
        std::size_t first = stretches.size();
        const auto end_polygon = [&] {
            for (; first < stretches.size(); ++first) stretches[first].width = polygon.width();
            polygon = {};
        };
        for (std::uint32_t r = shapes.first_ring(f); r < shapes.end_ring(f); ++r) {
            const PackedShapes::Ring ring = shapes.ring(r);
            if (kinds[f] == Kind::Polygon) {
                if (!ring.hole) end_polygon();
                const Measure part = measure(shapes.points(ring));
                for (Measure* sum : {&feature, &polygon}) {
                    sum->area += ring.hole ? -part.area : part.area;
                    sum->length += part.length;
                }
            }
            if (ring.end > ring.begin) stretches.push_back({ring.begin, ring.end, kinds[f] == Kind::Polygon});
        }
        if (kinds[f] != Kind::Polygon) continue;
        end_polygon();
        areas_[f] = static_cast<float>(feature.area);
        widths_[f] = static_cast<float>(feature.width());
    }
    details_ = detail_zooms(shapes.points(), stretches, full_zoom, tolerance);
}

bool LevelMaker::draws(std::uint32_t feature, int z) const {
    const double unit = unit_of(z);
    const double width = (double(boxes_[feature].max_x) - boxes_[feature].min_x) / unit;
    const double height = (double(boxes_[feature].max_y) - boxes_[feature].min_y) / unit;
    switch (kinds_[feature]) {
        case Kind::Polygon:
            return width * height >= smallest_box && widths_[feature] >= thinnest * unit;
        case Kind::Line:
            return std::max(width, height) >= shortest_line;
        default:
            return false;  // points are as they are at every zoom
    }
}

std::span<const WorldPoint> LevelMaker::points_at(const PackedShapes::Ring& ring, bool whole, int z) {
    const auto points = shapes_.points(ring);
    if (whole) return points;
    kept_.clear();
    for (std::uint32_t i = ring.begin; i < ring.end; ++i) {
        if (details_[i] <= z) kept_.push_back(shapes_.points()[i]);
    }
    return kept_;
}

void LevelMaker::add_lines(LevelShapes& to, std::uint32_t feature, bool whole, int z) {
    const UnitGrid grid(z, 0, 0, units_);
    for (std::uint32_t r = shapes_.first_ring(feature); r < shapes_.end_ring(feature); ++r) {
        line_.clear();
        for (const WorldPoint& point : points_at(shapes_.ring(r), whole, z)) append_point(line_, grid.point(point));
        to.add_ring(line_, false);
    }
}

/// What rounding broke is mended here once, not in each tile.
double LevelMaker::add_polygons(LevelShapes& to, std::uint32_t feature, bool whole, int z) {
    const UnitGrid grid(z, 0, 0, units_);
    const std::uint32_t end = shapes_.end_ring(feature);
    double area = 0;
    const auto add = [&](std::span<const Ring> rings) {
        for (std::size_t i = 0; i < rings.size(); ++i) {
            to.add_ring(rings[i], i > 0);
            area += std::abs(static_cast<double>(area2(rings[i]))) / (i > 0 ? -2 : 2);
        }
    };
    for (std::uint32_t shell = shapes_.first_ring(feature); shell < end;) {
        std::uint32_t next = shell + 1;
        while (next < end && shapes_.ring(next).hole) ++next;
        std::vector<Ring> rings;
        for (std::uint32_t r = shell; r < next; ++r) {
            Ring ring;
            read_ring(points_at(shapes_.ring(r), whole, z), grid, ring);
            if (ring.size() >= 3 && area2(ring) != 0) {
                rings.push_back(std::move(ring));
            } else if (r == shell) {
                break;
            }
        }
        shell = next;
        if (rings.empty()) continue;
        if (is_plain(rings)) {
            add(rings);
            continue;
        }
        for (const TilePolygon& valid : repaired(rings)) add(valid.rings);
    }
    return area;
}

Level LevelMaker::level(int z) {
    Level made;
    const std::uint32_t count = shapes_.size();
    made.bits_.resize(count / 64 + 1);
    made.before_.resize(count / 64 + 1);
    for (std::uint32_t f = 0; f < count; ++f) {
        if (f % 64 == 0) made.before_[f / 64] = made.shapes_.size();
        if (!draws(f, z)) continue;
        made.bits_[f / 64] |= std::uint64_t{1} << (f % 64);
        const WorldBox& box = boxes_[f];
        const double side = std::max(double(box.max_x) - box.min_x, double(box.max_y) - box.min_y);
        const bool whole = side < smallest_simplified * unit_of(z);
        if (kinds_[f] == Kind::Polygon) {
            const double unit = std::ldexp(unit_of(z), static_cast<int>(units_.coarseness));
            const double area = add_polygons(made.shapes_, f, whole, z) * unit * unit;
            made.lost_.resize(made.shapes_.size());
            made.lost_.push_back(static_cast<float>(areas_[f] - area));
        } else {
            add_lines(made.shapes_, f, whole, z);
        }
        made.shapes_.end_shape();
    }
    made.shapes_.shrink();
    made.lost_.shrink_to_fit();
    return made;
}

}  // namespace tiles
