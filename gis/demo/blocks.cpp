#include <algorithm>
#include <cmath>
#include <utility>

#include "gis/demo/lots.hpp"

namespace gis::demo {

namespace {

/// Points in the middle of a straight way add nothing; those on a limit without way are shared with a neighbour.
Block without_idle_points(Block in) {
    Block out;
    const std::size_t n = in.ring.size();
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t before = (i + n - 1) % n;
        const bool same_way = in.ways[before] == in.ways[i] && in.ways[i] != Way::None;
        const Vec a = metres(in.ring[before]), b = metres(in.ring[i]), c = metres(in.ring[(i + 1) % n]);
        if (same_way && distance_to_segment(b, a, c) < 0.05) continue;
        out.ring.push_back(in.ring[i]);
        out.ways.push_back(in.ways[i]);
    }
    return out;
}

/// Moves each edge inwards by the half width of its way. Empty when the land is too small or too bent for that.
Block moved_in(const Block& in) {
    Block out;
    const std::size_t n = in.ring.size();
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t before = (i + n - 1) % n;
        const Vec at = metres(in.ring[i]);
        const Vec u1 = unit(at - metres(in.ring[before])), u2 = unit(metres(in.ring[(i + 1) % n]) - at);
        const Vec n1 = left_of(u1), n2 = left_of(u2);
        const double h1 = half_width(in.ways[before]), h2 = half_width(in.ways[i]);
        const double sine = cross(u1, u2);
        if (std::abs(sine) < 0.04) {
            if (dot(u1, u2) < 0) return {};
            if (h1 != h2) {
                out.ring.push_back(rounded(at + n1 * h1));
                out.ways.push_back(in.ways[i] == Way::None ? in.ways[before] : Way::None);
            }
            out.ring.push_back(rounded(at + n2 * h2));
        } else {
            const Vec shift{(h1 * n2.y - h2 * n1.y) / sine, (n1.x * h2 - n2.x * h1) / sine};
            out.ring.push_back(rounded(at + shift));
        }
        out.ways.push_back(in.ways[i]);
    }
    // An edge that turned round means that its ways have met: the simple method does not apply.
    if (out.ring.size() == n) {
        for (std::size_t i = 0; i < n; ++i) {
            const std::size_t j = (i + 1) % n;
            if (dot(metres(out.ring[j]) - metres(out.ring[i]), metres(in.ring[j]) - metres(in.ring[i])) <= 0) return {};
        }
    }
    return out;
}

/// The slow and sure way: the land minus a buffer along each of its ways.
std::vector<Block> cut_out(const Block& in, const Geos& geos) {
    std::vector<Geos::Geometry> strips;
    const std::size_t n = in.ring.size();
    for (std::size_t i = 0; i < n; ++i) {
        if (in.ways[i] == Way::None) continue;
        const Line edge{metres(in.ring[i]), metres(in.ring[(i + 1) % n])};
        strips.push_back(geos.buffer(geos.geometry(edge), half_width(in.ways[i]), 2));
    }
    const Geos::Geometry ways = geos.unary_union(geos.collection(std::move(strips)));
    std::vector<Block> out;
    for (const Polygon& polygon : geos.polygons(geos.difference(geos.geometry(in.ring), ways))) {
        if (polygon.size() != 1) continue;
        Block block{polygon[0], {}};
        for (std::size_t i = 0; i < block.ring.size(); ++i) {
            const Vec middle = (metres(block.ring[i]) + metres(block.ring[(i + 1) % block.ring.size()])) * 0.5;
            Way way = Way::None;
            for (std::size_t k = 0; k < n; ++k) {
                if (in.ways[k] == Way::None) continue;
                const double d = distance_to_segment(middle, metres(in.ring[k]), metres(in.ring[(k + 1) % n]));
                if (d < half_width(in.ways[k]) + 0.3) way = in.ways[k];
            }
            block.ways.push_back(way);
        }
        out.push_back(std::move(block));
    }
    return out;
}

}  // namespace

std::vector<Block> blocks_of(const Mesh& mesh, const Mesh::Face& face, const Geos& geos) {
    const Mesh::Face whole = mesh.expanded(face);
    Block cell{mesh.ring(whole), {}};
    for (std::size_t i = 0; i < whole.size(); ++i)
        cell.ways.push_back(mesh.way(whole[i], whole[(i + 1) % whole.size()]));
    cell = without_idle_points(std::move(cell));
    if (cell.ring.size() < 3) return {};
    constexpr double smallest = 60;
    const Block simple = moved_in(cell);
    if (simple.ring.size() >= 3 && area(simple.ring) > smallest && is_simple(simple.ring)) return {simple};
    std::vector<Block> pieces = cut_out(cell, geos);
    std::erase_if(pieces,
                  [](const Block& b) { return area(b.ring) < smallest || area(b.ring) < 1.2 * perimeter(b.ring); });
    return pieces;
}

}  // namespace gis::demo
