#include "gis/demo/mesh.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace gis::demo {

double half_width(Way way) {
    constexpr std::array<double, 8> metres_of{0, 2.2, 3.2, 4.6, 6.2, 1.6, 4.2, 14};
    return metres_of[static_cast<std::size_t>(way)];
}

/// Where a line meets a face: at vertex `index`, or on the edge that starts there.
struct Mesh::Crossing {
    std::size_t index = 0;
    bool at_vertex = false;
    double along = 0;  ///< metres on the line
    Point at;
};

int Mesh::vertex(Point at) {
    const auto position = (static_cast<std::uint64_t>(static_cast<std::uint32_t>(at.x)) << 32) |
                          static_cast<std::uint64_t>(static_cast<std::uint32_t>(at.y));
    const auto [found, added] = by_position_.try_emplace(position, static_cast<int>(points_.size()));
    if (added) points_.push_back(at);
    return found->second;
}

Mesh::Face Mesh::add_face(const Ring& ring) {
    Face face;
    for (const Point p : ring) face.push_back(vertex(p));
    return face;
}

Way Mesh::way(int a, int b) const {
    const auto found = edges_.find(key(a, b));
    return found == edges_.end() ? Way::None : found->second.way;
}

void Mesh::expand_edge(int a, int b, Face& out) const {
    const auto found = edges_.find(key(a, b));
    if (found == edges_.end() || found->second.middle < 0) return;
    expand_edge(a, found->second.middle, out);
    out.push_back(found->second.middle);
    expand_edge(found->second.middle, b, out);
}

Mesh::Face Mesh::expanded(const Face& face) const {
    Face out;
    out.reserve(face.size() + 8);
    for (std::size_t i = 0; i < face.size(); ++i) {
        out.push_back(face[i]);
        expand_edge(face[i], face[(i + 1) % face.size()], out);
    }
    return out;
}

Ring Mesh::ring(const Face& expanded_face) const {
    Ring out;
    out.reserve(expanded_face.size());
    for (const int v : expanded_face) out.push_back(points_[static_cast<std::size_t>(v)]);
    return out;
}

std::vector<Mesh::Crossing> Mesh::crossings(const Face& face, Vec through, Vec direction, double snap) const {
    const std::size_t n = face.size();
    const auto at = [&](std::size_t i) { return metres(points_[static_cast<std::size_t>(face[i % n])]) - through; };
    std::vector<double> side(n);
    for (std::size_t i = 0; i < n; ++i) {
        side[i] = cross(direction, at(i));
        if (std::abs(side[i]) < snap) side[i] = 0;
    }
    std::vector<Crossing> out;
    for (std::size_t i = 0; i < n; ++i) {
        const double here = side[i], next = side[(i + 1) % n];
        if (here == 0) {
            out.push_back({i, true, dot(direction, at(i)), {}});
        } else if (here * next < 0) {
            const Vec a = at(i), b = at(i + 1);
            const Vec hit = a + (b - a) * (here / (here - next));
            // An oblique edge may pass the line near its end although the end itself is off the line.
            if (length(hit - a) < snap) {
                out.push_back({i, true, dot(direction, a), {}});
            } else if (length(hit - b) < snap) {
                out.push_back({(i + 1) % n, true, dot(direction, b), {}});
            } else {
                out.push_back({i, false, dot(direction, hit), rounded(hit + through)});
            }
        }
    }
    std::sort(out.begin(), out.end(), [](const Crossing& a, const Crossing& b) {
        return a.along != b.along ? a.along < b.along : a.index < b.index;
    });
    return out;
}

int Mesh::realise(const Face& face, const Crossing& crossing) {
    if (crossing.at_vertex) return face[crossing.index];
    const int a = face[crossing.index], b = face[(crossing.index + 1) % face.size()];
    const int middle = vertex(crossing.at);
    cut_edge(a, b, middle);
    return middle;
}

void Mesh::cut_edge(int a, int b, int middle) {
    Edge& edge = edges_[key(a, b)];
    edge.middle = middle;
    const Way way = edge.way;  // the reference may die with the next insertion
    edges_[key(a, middle)].way = way;
    edges_[key(middle, b)].way = way;
}

void Mesh::densify(double longest) {
    std::vector<std::pair<int, int>> waiting;
    for (const auto& [ends, edge] : edges_) {
        if (edge.middle < 0) waiting.emplace_back(static_cast<int>(ends >> 32), static_cast<int>(ends & 0xffffffff));
    }
    std::sort(waiting.begin(), waiting.end());  // not the hash table's order
    while (!waiting.empty()) {
        const auto [a, b] = waiting.back();
        waiting.pop_back();
        const Vec from = metres(points_[static_cast<std::size_t>(a)]),
                  to = metres(points_[static_cast<std::size_t>(b)]);
        if (length(to - from) <= longest) continue;
        const int middle = vertex(rounded((from + to) * 0.5));
        cut_edge(a, b, middle);
        waiting.emplace_back(a, middle);
        waiting.emplace_back(middle, b);
    }
}

void Mesh::move_points(const std::function<Vec(Vec)>& moved) {
    for (Point& point : points_) point = rounded(moved(metres(point)));
    by_position_.clear();
}

std::optional<std::pair<Mesh::Face, Mesh::Face>> Mesh::split(const Face& face, Vec through, Vec direction, Way way,
                                                             const Limits& limits) {
    const Face outer = expanded(face);
    const Ring points = ring(outer);
    const std::vector<Crossing> hits = crossings(outer, through, direction, limits.snap);

    const Crossing *from = nullptr, *to = nullptr;
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i + 1 < hits.size(); ++i) {
        const double away = std::max({hits[i].along, -hits[i + 1].along, 0.0});
        if (away >= best || hits[i + 1].along - hits[i].along < limits.snap) continue;
        const double middle = (hits[i].along + hits[i + 1].along) / 2;
        if (!contains(points, through + direction * middle)) continue;
        best = away;
        from = &hits[i];
        to = &hits[i + 1];
    }
    if (!from) return std::nullopt;

    // The two halves as points first: nothing is changed until both are good.
    const std::size_t n = outer.size();
    const auto walk = [&](const Crossing& start, const Crossing& end, auto&& visit) {
        std::size_t i = (start.index + 1) % n;
        const std::size_t last = end.at_vertex ? end.index : (end.index + 1) % n;
        for (; i != last; i = (i + 1) % n) visit(i);
    };
    const auto half = [&](const Crossing& start, const Crossing& end) {
        Ring out{start.at_vertex ? points[start.index] : start.at};
        walk(start, end, [&](std::size_t i) { out.push_back(points[i]); });
        out.push_back(end.at_vertex ? points[end.index] : end.at);
        return out;
    };
    for (const Ring& part : {half(*to, *from), half(*from, *to)}) {
        const double a = area(part);
        if (part.size() < 3 || a < limits.min_area || a < limits.min_thickness * perimeter(part)) return std::nullopt;
    }

    const int start = realise(outer, *from), end = realise(outer, *to);
    const auto face_of = [&](const Crossing& a, int va, const Crossing& b, int vb) {
        Face out{va};
        walk(a, b, [&](std::size_t i) { out.push_back(outer[i]); });
        out.push_back(vb);
        return out;
    };
    std::pair<Face, Face> halves{face_of(*to, end, *from, start), face_of(*from, start, *to, end)};
    edges_[key(start, end)].way = way;
    return halves;
}

}  // namespace gis::demo
