#include "tiles/encode/ring.hpp"

#include <algorithm>
#include <cmath>

namespace tiles {

namespace {

/// Where the edge from `a` to `b` crosses the line at `at`; the same whichever end comes first, for neighbours walk
/// their border in opposite directions. `along` is the coordinate that is cut, `other` the one that follows.
std::int64_t crossing(std::int64_t a_along, std::int64_t a_other, std::int64_t b_along, std::int64_t b_other,
                      std::int64_t at) {
    if (a_along > b_along) {
        std::swap(a_along, b_along);
        std::swap(a_other, b_other);
    }
    const double t = static_cast<double>(at - a_along) / static_cast<double>(b_along - a_along);
    return a_other + std::llround(t * static_cast<double>(b_other - a_other));
}

template <typename Inside, typename Cross>
void clip_edge(const Ring& ring, Ring& out, Inside inside, Cross cross_at) {
    RingMaker maker(out, 2 * ring.size());
    TilePoint previous = ring.back();
    bool was_inside = inside(previous);
    for (const TilePoint& point : ring) {
        const bool is_inside = inside(point);
        if (is_inside != was_inside) maker.add(cross_at(previous, point));
        if (is_inside) maker.add(point);
        previous = point;
        was_inside = is_inside;
    }
}

struct Extremes {
    std::int64_t min_x, max_x, min_y, max_y;
};

Extremes extremes_of(const Ring& ring) {
    const TilePoint first = ring.front();
    Extremes found{first.x, first.x, first.y, first.y};
    for (const TilePoint& point : ring) {
        found.min_x = std::min(found.min_x, point.x);
        found.max_x = std::max(found.max_x, point.x);
        found.min_y = std::min(found.min_y, point.y);
        found.max_y = std::max(found.max_y, point.y);
    }
    return found;
}

struct Segment {
    std::int32_t x0, y0, x1, y1;
    std::int32_t min_x, max_x, min_y, max_y;
    std::uint32_t ring, place, last;  // `last` is the place of the ring's closing edge
};

int side(const Segment& s, std::int32_t x, std::int32_t y) {
    const std::int64_t value =
        (std::int64_t{s.x1} - s.x0) * (std::int64_t{y} - s.y0) - (std::int64_t{s.y1} - s.y0) * (std::int64_t{x} - s.x0);
    return value > 0 ? 1 : value < 0 ? -1 : 0;
}

bool meet(const Segment& a, const Segment& b) {
    if (a.min_x > b.max_x || b.min_x > a.max_x || a.min_y > b.max_y || b.min_y > a.max_y) return false;
    if (a.ring == b.ring) {
        const std::uint32_t low = std::min(a.place, b.place);
        const std::uint32_t high = std::max(a.place, b.place);
        if (high - low == 1 || (low == 0 && high == a.last)) return false;  // neighbours: no straight angle is left
    }
    return side(a, b.x0, b.y0) * side(a, b.x1, b.y1) <= 0 && side(b, a.x0, a.y0) * side(b, a.x1, a.y1) <= 0;
}

/// Turns one way only, and once around: most parcels and buildings, told at a glance.
bool is_convex(const Ring& ring) {
    const TilePoint* const end = ring.data() + ring.size();
    TilePoint a = end[-2];
    TilePoint b = end[-1];
    bool clockwise = false;
    bool against = false;
    int side_changes = 0;
    std::int64_t last_dx = 0;
    for (const TilePoint* c = ring.data(); c != end; ++c) {
        const std::int64_t turn = cross(a, b, *c);
        clockwise |= turn > 0;
        against |= turn < 0;
        if (turn == 0 || (clockwise && against)) return false;
        const std::int64_t dx = c->x - b.x;
        if (dx != 0) {
            if (last_dx != 0 && (dx > 0) != (last_dx > 0)) ++side_changes;
            last_dx = dx;
        }
        a = b;
        b = *c;
    }
    return side_changes <= 2;
}

}  // namespace

void close_ring(Ring& ring) {
    bool changed = true;
    while (changed && ring.size() > 2) {
        changed = false;
        const std::size_t n = ring.size();
        if (ring[n - 1] == ring[0] || cross(ring[n - 2], ring[n - 1], ring[0]) == 0) {
            ring.pop_back();
            changed = true;
        } else if (cross(ring[n - 1], ring[0], ring[1]) == 0) {
            ring.erase(ring.begin());
            changed = true;
        }
    }
}

std::int64_t area2(const Ring& ring) {
    std::int64_t sum = 0;
    TilePoint previous = ring.empty() ? TilePoint{} : ring.back();
    for (const TilePoint& point : ring) {
        sum += previous.x * point.y - point.x * previous.y;
        previous = point;
    }
    return sum;
}

void clip_ring(Ring& ring, const ClipBox& box) {
    static thread_local Ring other;
    const Extremes reach = extremes_of(ring);
    if (reach.max_x < box.min || reach.min_x > box.max || reach.max_y < box.min || reach.min_y > box.max) {
        ring.clear();
        return;
    }
    // Mostly it goes beyond one edge only.
    const auto cut_x = [&](std::int64_t at, auto inside) {
        clip_edge(ring, other, inside, [&](TilePoint a, TilePoint b) {
            return TilePoint{at, crossing(a.x, a.y, b.x, b.y, at)};
        });
        std::swap(ring, other);
    };
    const auto cut_y = [&](std::int64_t at, auto inside) {
        clip_edge(ring, other, inside, [&](TilePoint a, TilePoint b) {
            return TilePoint{crossing(a.y, a.x, b.y, b.x, at), at};
        });
        std::swap(ring, other);
    };
    if (reach.min_x < box.min) cut_x(box.min, [&](TilePoint p) { return p.x >= box.min; });
    if (reach.max_x > box.max && !ring.empty()) cut_x(box.max, [&](TilePoint p) { return p.x <= box.max; });
    if (reach.min_y < box.min && !ring.empty()) cut_y(box.min, [&](TilePoint p) { return p.y >= box.min; });
    if (reach.max_y > box.max && !ring.empty()) cut_y(box.max, [&](TilePoint p) { return p.y <= box.max; });
    // Cutting leaves points on straight edges along the box.
    {
        RingMaker maker(other, ring.size());
        for (const TilePoint& point : ring) maker.add_dropping_straight(point);
    }
    close_ring(other);
    std::swap(ring, other);
}

void clip_line(const Ring& line, const ClipBox& box, std::vector<Ring>& pieces) {
    Ring piece;
    const auto end_piece = [&] {
        if (piece.size() > 1) pieces.push_back(piece);
        piece.clear();
    };
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
        const TilePoint a = line[i];
        const TilePoint b = line[i + 1];
        double from = 0;
        double to = 1;
        const double dx = static_cast<double>(b.x - a.x);
        const double dy = static_cast<double>(b.y - a.y);
        const auto cut = [&](double slope, double room) {  // Liang-Barsky: slope * t <= room
            if (slope == 0) return room >= 0;
            const double t = room / slope;
            if (slope < 0) {
                from = std::max(from, t);
            } else {
                to = std::min(to, t);
            }
            return from <= to;
        };
        const bool meets = cut(-dx, static_cast<double>(a.x - box.min)) &&
                           cut(dx, static_cast<double>(box.max - a.x)) &&
                           cut(-dy, static_cast<double>(a.y - box.min)) && cut(dy, static_cast<double>(box.max - a.y));
        if (!meets) {
            end_piece();
            continue;
        }
        const auto at = [&](double t) {
            return TilePoint{std::clamp<std::int64_t>(a.x + std::llround(t * dx), box.min, box.max),
                             std::clamp<std::int64_t>(a.y + std::llround(t * dy), box.min, box.max)};
        };
        if (from > 0) end_piece();
        append_point(piece, from > 0 ? at(from) : a);
        append_point(piece, to < 1 ? at(to) : b);
        if (to < 1) end_piece();
    }
    end_piece();
}

bool is_plain(std::span<const Ring> rings) {
    if (rings.size() == 1 && is_convex(rings.front())) return true;
    static thread_local std::vector<Segment> segments;
    segments.clear();
    for (std::uint32_t r = 0; r < rings.size(); ++r) {
        const Ring& ring = rings[r];
        const auto last = static_cast<std::uint32_t>(ring.size() - 1);
        for (std::uint32_t i = 0; i <= last; ++i) {
            const TilePoint a = ring[i];
            const TilePoint b = ring[i == last ? 0 : i + 1];
            const auto [x0, y0] = std::pair(static_cast<std::int32_t>(a.x), static_cast<std::int32_t>(a.y));
            const auto [x1, y1] = std::pair(static_cast<std::int32_t>(b.x), static_cast<std::int32_t>(b.y));
            segments.push_back(
                {x0, y0, x1, y1, std::min(x0, x1), std::max(x0, x1), std::min(y0, y1), std::max(y0, y1), r, i, last});
        }
    }
    const bool sorted = segments.size() > 24;
    if (sorted)
        std::sort(segments.begin(), segments.end(),
                  [](const Segment& a, const Segment& b) { return a.min_x < b.min_x; });
    for (std::size_t i = 0; i < segments.size(); ++i) {
        for (std::size_t j = i + 1; j < segments.size(); ++j) {
            if (sorted && segments[j].min_x > segments[i].max_x) break;
            if (meet(segments[i], segments[j])) return false;
        }
    }
    return true;
}

}  // namespace tiles
