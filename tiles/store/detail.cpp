#include "tiles/store/detail.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace tiles {

namespace {

struct Hash {
    std::size_t operator()(const WorldPoint& p) const {
        return static_cast<std::size_t>((std::uint64_t{p.x} << 32U | p.y) * 0x9E3779B97F4A7C15U >> 7U);
    }
};

/// The two neighbours that a point has in the first stretch through it, and the width of the thinnest.
struct Neighbours {
    WorldPoint low, high;
    bool is_junction = false;
    float width = std::numeric_limits<float>::infinity();
};

/// Distance from `p` to the stretch between `a` and `b`.
double distance(WorldPoint p, WorldPoint a, WorldPoint b) {
    const double ax = a.x;
    const double ay = a.y;
    const double dx = b.x - ax;
    const double dy = b.y - ay;
    const double px = p.x - ax;
    const double py = p.y - ay;
    const double length2 = dx * dx + dy * dy;
    const double t = length2 == 0 ? 0 : std::clamp((px * dx + py * dy) / length2, 0.0, 1.0);
    return std::hypot(px - t * dx, py - t * dy);
}

class Details {
  public:
    Details(std::span<const WorldPoint> points, int full_zoom, const Tolerance& tolerance)
        : points_(points),
          full_zoom_(full_zoom),
          tolerance_(tolerance),
          zooms_(points.size(), static_cast<std::uint8_t>(full_zoom)) {
        junctions_.reserve(points.size());
    }

    void note(const Stretch& stretch) {
        for (std::uint32_t i = stretch.begin; i < stretch.end; ++i) {
            if (!stretch.closed && (i == stretch.begin || i + 1 == stretch.end)) {
                junctions_[points_[i]].is_junction = true;
                continue;
            }
            const auto [low, high] = std::minmax({before(stretch, i), after(stretch, i)});
            const auto width = static_cast<float>(stretch.width);
            const auto [found, is_new] = junctions_.try_emplace(points_[i], Neighbours{low, high, false, width});
            Neighbours& known = found->second;
            known.is_junction |= known.low != low || known.high != high;
            known.width = std::min(known.width, width);
        }
    }

    void simplify(const Stretch& stretch) {
        const std::uint32_t count = stretch.end - stretch.begin;
        std::vector<std::uint32_t> path(count);
        std::uint32_t start = stretch.begin;
        if (stretch.closed) {
            start = ring_start(stretch);
            // The same direction for a ring and for the hole it fills.
            const bool turned = after(stretch, start) > before(stretch, start);
            for (std::uint32_t k = 0; k < count; ++k) {
                const std::uint32_t step = turned ? (count - k) % count : k;
                path[k] = stretch.begin + (start - stretch.begin + step) % count;
            }
            path.push_back(start);
        } else {
            for (std::uint32_t k = 0; k < count; ++k) path[k] = stretch.begin + k;
        }
        std::size_t from = 0;
        zooms_[path.front()] = 0;
        for (std::size_t to = 1; to < path.size(); ++to) {
            if (to + 1 < path.size() && !is_junction(points_[path[to]])) continue;
            arc(std::span(path).subspan(from, to - from + 1));
            from = to;
        }
    }

    std::vector<std::uint8_t> take() { return std::move(zooms_); }

  private:
    WorldPoint before(const Stretch& s, std::uint32_t i) const { return points_[i == s.begin ? s.end - 1 : i - 1]; }
    WorldPoint after(const Stretch& s, std::uint32_t i) const { return points_[i + 1 == s.end ? s.begin : i + 1]; }
    bool is_junction(WorldPoint p) const { return junctions_.at(p).is_junction; }

    /// A junction where there is one, else the smallest point: the same for every ring through it.
    std::uint32_t ring_start(const Stretch& s) const {
        std::uint32_t least = s.begin;
        for (std::uint32_t i = s.begin; i < s.end; ++i) {
            if (is_junction(points_[i])) return i;
            if (points_[i] < points_[least]) least = i;
        }
        return least;
    }

    /// Douglas-Peucker over one border, the ends kept at every zoom.
    void arc(std::span<const std::uint32_t> path) {
        zooms_[path.front()] = zooms_[path.back()] = 0;
        if (path.size() < 3) return;
        double width = std::numeric_limits<double>::infinity();
        for (const std::uint32_t i : path.subspan(1, path.size() - 2))
            width = std::min<double>(width, junctions_.at(points_[i]).width);
        std::vector<std::uint32_t> turned;
        if (points_[path.back()] < points_[path.front()]) {
            turned.assign(path.rbegin(), path.rend());
            path = turned;
        }
        struct Piece {
            std::size_t from, to;
            double limit;
        };
        std::vector<Piece> open{{0, path.size() - 1, std::numeric_limits<double>::max()}};
        while (!open.empty()) {
            const Piece piece = open.back();
            open.pop_back();
            std::size_t farthest = piece.from;
            double most = -1;
            for (std::size_t i = piece.from + 1; i < piece.to; ++i) {
                const double d = distance(points_[path[i]], points_[path[piece.from]], points_[path[piece.to]]);
                if (d > most) {
                    most = d;
                    farthest = i;
                }
            }
            if (farthest == piece.from) continue;
            const double importance = std::min(most, piece.limit);
            zooms_[path[farthest]] = zoom_for(importance, width);
            open.push_back({piece.from, farthest, importance});
            open.push_back({farthest, piece.to, importance});
        }
    }

    std::uint8_t zoom_for(double importance, double width) const {
        for (int z = 0; z < full_zoom_; ++z) {
            const double unit = std::ldexp(1.0, deepest_world_zoom - z);
            if (importance > tolerance_.units * unit || (unit <= width && importance > width * tolerance_.of_width))
                return static_cast<std::uint8_t>(z);
        }
        return static_cast<std::uint8_t>(full_zoom_);
    }

    std::span<const WorldPoint> points_;
    int full_zoom_;
    Tolerance tolerance_;
    std::vector<std::uint8_t> zooms_;
    std::unordered_map<WorldPoint, Neighbours, Hash> junctions_;
};

}  // namespace

std::vector<std::uint8_t> detail_zooms(std::span<const WorldPoint> points, std::span<const Stretch> stretches,
                                       int full_zoom, const Tolerance& tolerance) {
    Details details(points, full_zoom, tolerance);
    for (const Stretch& stretch : stretches) details.note(stretch);
    for (const Stretch& stretch : stretches) details.simplify(stretch);
    return details.take();
}

}  // namespace tiles
