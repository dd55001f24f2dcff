#include "gis/demo/plane.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace gis::demo {

namespace {

std::int64_t turn(Point a, Point b, Point c) {
    return (static_cast<std::int64_t>(b.x) - a.x) * (static_cast<std::int64_t>(c.y) - a.y) -
           (static_cast<std::int64_t>(b.y) - a.y) * (static_cast<std::int64_t>(c.x) - a.x);
}

bool within_box(Point a, Point b, Point p) {
    return std::min(a.x, b.x) <= p.x && p.x <= std::max(a.x, b.x) && std::min(a.y, b.y) <= p.y &&
           p.y <= std::max(a.y, b.y);
}

bool meet(Point a, Point b, Point c, Point d) {
    if (std::max(a.x, b.x) < std::min(c.x, d.x) || std::max(c.x, d.x) < std::min(a.x, b.x) ||
        std::max(a.y, b.y) < std::min(c.y, d.y) || std::max(c.y, d.y) < std::min(a.y, b.y)) {
        return false;
    }
    const auto abc = turn(a, b, c), abd = turn(a, b, d), cda = turn(c, d, a), cdb = turn(c, d, b);
    if (((abc > 0 && abd < 0) || (abc < 0 && abd > 0)) && ((cda > 0 && cdb < 0) || (cda < 0 && cdb > 0))) return true;
    return (abc == 0 && within_box(a, b, c)) || (abd == 0 && within_box(a, b, d)) ||
           (cda == 0 && within_box(c, d, a)) || (cdb == 0 && within_box(c, d, b));
}

std::vector<Vec> convex_hull(const Ring& ring) {
    Ring sorted = ring;
    std::sort(sorted.begin(), sorted.end(), [](Point a, Point b) { return a.x != b.x ? a.x < b.x : a.y < b.y; });
    Ring hull;
    for (int pass = 0; pass < 2; ++pass) {
        const std::size_t base = hull.size();
        for (const Point p : sorted) {
            while (hull.size() >= base + 2 && turn(hull[hull.size() - 2], hull.back(), p) <= 0) hull.pop_back();
            hull.push_back(p);
        }
        hull.pop_back();
        std::reverse(sorted.begin(), sorted.end());
    }
    std::vector<Vec> out;
    for (const Point p : hull) out.push_back(metres(p));
    return out;
}

}  // namespace

double area(const Ring& ring) {
    if (ring.size() < 3) return 0;
    const Point o = ring[0];
    std::int64_t twice = 0;
    for (std::size_t i = 1; i + 1 < ring.size(); ++i) twice += turn(o, ring[i], ring[i + 1]);
    return static_cast<double>(twice) / 2e4;
}

double area(const MultiPolygon& shape) {
    double sum = 0;
    for (const Polygon& polygon : shape) {
        for (const Ring& ring : polygon) sum += area(ring);
    }
    return sum;
}

Vec centroid(const Ring& ring) {
    const Vec o = metres(ring[0]);
    double twice = 0;
    Vec sum;
    for (std::size_t i = 1; i + 1 < ring.size(); ++i) {
        const Vec a = metres(ring[i]) - o, b = metres(ring[i + 1]) - o;
        const double c = cross(a, b);
        twice += c;
        sum = sum + (a + b) * c;
    }
    return twice == 0 ? o : o + sum * (1 / (3 * twice));
}

bool contains(const Ring& ring, Vec at) {
    const double x = at.x * 100, y = at.y * 100;
    bool inside = false;
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
        const Point a = ring[i], b = ring[j];
        if ((a.y > y) != (b.y > y) &&
            x < (static_cast<double>(b.x) - a.x) * (y - a.y) / (static_cast<double>(b.y) - a.y) + a.x) {
            inside = !inside;
        }
    }
    return inside;
}

double perimeter(const Ring& ring) {
    double sum = 0;
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++)
        sum += length(metres(ring[i]) - metres(ring[j]));
    return sum;
}

bool is_simple(const Ring& ring) {
    const std::size_t n = ring.size();
    if (n < 3) return false;
    for (std::size_t i = 0; i < n; ++i) {
        const Point a = ring[i], b = ring[(i + 1) % n], c = ring[(i + 2) % n];
        if (a == b) return false;
        // A spike: the ring comes back on itself.
        if (turn(a, b, c) == 0 && dot(metres(b) - metres(a), metres(c) - metres(b)) < 0) return false;
        for (std::size_t j = i + 2; j < n; ++j) {
            if (i == 0 && j == n - 1) continue;
            if (meet(a, b, ring[j], ring[(j + 1) % n])) return false;
        }
    }
    return true;
}

bool strictly_inside(const Ring& inner, const Ring& outer) {
    if (inner.empty() || !contains(outer, metres(inner[0]))) return false;
    for (std::size_t i = 0; i < inner.size(); ++i) {
        for (std::size_t j = 0; j < outer.size(); ++j) {
            if (meet(inner[i], inner[(i + 1) % inner.size()], outer[j], outer[(j + 1) % outer.size()])) return false;
        }
    }
    return true;
}

double distance_to_segment(Vec at, Vec a, Vec b) {
    const Vec ab = b - a;
    const double l2 = dot(ab, ab);
    const double t = l2 > 0 ? std::clamp(dot(at - a, ab) / l2, 0.0, 1.0) : 0.0;
    return length(at - (a + ab * t));
}

double distance_to_line(Vec at, const Line& line) {
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t i = 1; i < line.size(); ++i) best = std::min(best, distance_to_segment(at, line[i - 1], line[i]));
    return best;
}

OrientedBox oriented_box(const Ring& ring) {
    const std::vector<Vec> hull = convex_hull(ring);
    OrientedBox best;
    double best_area = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < hull.size(); ++i) {
        const Vec u = unit(hull[(i + 1) % hull.size()] - hull[i]), v = left_of(u);
        double u0 = 1e300, u1 = -1e300, v0 = 1e300, v1 = -1e300;
        for (const Vec p : hull) {
            u0 = std::min(u0, dot(p, u));
            u1 = std::max(u1, dot(p, u));
            v0 = std::min(v0, dot(p, v));
            v1 = std::max(v1, dot(p, v));
        }
        const double du = u1 - u0, dv = v1 - v0;
        if (du * dv >= best_area) continue;
        best_area = du * dv;
        best.centre = u * ((u0 + u1) / 2) + v * ((v0 + v1) / 2);
        best.axis = du >= dv ? u : v;
        best.length = std::max(du, dv);
        best.width = std::min(du, dv);
    }
    return best;
}

}  // namespace gis::demo
