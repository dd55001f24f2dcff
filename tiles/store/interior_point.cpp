#include "tiles/store/interior_point.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace tiles {

namespace {

using Parts = std::vector<Shape::Part>;

/// The height of the line across one polygon, whose rings are [first, last).
double line_height(const Shape& shape, Parts::const_iterator first, Parts::const_iterator last) {
    double low = std::numeric_limits<double>::max();
    double high = std::numeric_limits<double>::lowest();
    for (std::uint32_t i = first->begin; i < first->end; ++i) {
        low = std::min(low, shape.xy[2 * i + 1]);
        high = std::max(high, shape.xy[2 * i + 1]);
    }
    const double centre = (low + high) / 2;
    for (auto ring = first; ring != last; ++ring) {
        for (std::uint32_t i = ring->begin; i < ring->end; ++i) {
            const double y = shape.xy[2 * i + 1];
            if (y <= centre) low = std::max(low, y);
            if (y > centre) high = std::min(high, y);
        }
    }
    return (low + high) / 2;
}

void add_crossings(const Shape& shape, const Shape::Part& ring, double y, std::vector<double>& crossings) {
    for (std::uint32_t i = ring.begin; i + 1 < ring.end; ++i) {
        const std::size_t at = 2UL * i;
        const double x0 = shape.xy[at];
        const double y0 = shape.xy[at + 1];
        const double x1 = shape.xy[at + 2];
        const double y1 = shape.xy[at + 3];
        if ((y0 > y) == (y1 > y)) continue;
        crossings.push_back(x0 + (y - y0) / (y1 - y0) * (x1 - x0));
    }
}

}  // namespace

std::optional<std::pair<double, double>> interior_point(const Shape& shape) {
    if (shape.kind != Kind::Polygon) return std::nullopt;
    std::optional<std::pair<double, double>> best;
    double widest = 0;
    static thread_local std::vector<double> crossings;
    for (auto first = shape.parts.begin(); first != shape.parts.end();) {
        auto last = std::next(first);
        while (last != shape.parts.end() && last->hole) ++last;
        const double y = line_height(shape, first, last);
        crossings.clear();
        for (auto ring = first; ring != last; ++ring) add_crossings(shape, *ring, y, crossings);
        std::sort(crossings.begin(), crossings.end());
        for (std::size_t i = 0; i + 1 < crossings.size(); i += 2) {
            const double width = crossings[i + 1] - crossings[i];
            if (width <= widest) continue;
            widest = width;
            best = {(crossings[i] + crossings[i + 1]) / 2, y};
        }
        first = last;
    }
    return best;
}

}  // namespace tiles
