#include "tiles/store/balance.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace tiles {

namespace {

constexpr std::array<TilePoint, 4> steps{{{0, -1}, {1, 0}, {0, 1}, {-1, 0}}};

bool is_before(TilePoint a, TilePoint b) {
    return a.x != b.x ? a.x < b.x : a.y < b.y;
}

struct Move {
    std::size_t ring = 0;
    std::size_t place = 0;
    TilePoint from, to;
    double gain = 0;
};

class Balance {
  public:
    Balance(std::span<Ring> rings, const LonePoints& lone, double wanted)
        : rings_(rings), lone_(lone), missing_(wanted) {
        for (std::size_t r = 0; r < rings.size(); ++r) collect(r);
    }

    double carry_out() {
        if (!moves_.empty() && is_plain(rings_)) apply(moves_);
        return gained_;
    }

  private:
    /// No two neighbours are moved, so that each gains what it would alone.
    void collect(std::size_t number) {
        const Ring& ring = rings_[number];
        const std::size_t count = ring.size();
        // Holes turn the other way, and more of them is less of the polygon.
        const double inner = (area2(ring) > 0) == (number == 0) ? 0.5 : -0.5;
        bool first_moves = false;
        for (std::size_t i = 0; i < count; ++i) {
            if (i + 1 == count && first_moves) break;
            if (!lone_.holds(ring[i])) continue;
            const TilePoint a = ring[(i + count - 1) % count];
            const TilePoint b = ring[(i + 1) % count];
            Move best;
            for (const TilePoint step : steps) {
                const TilePoint to{ring[i].x + step.x, ring[i].y + step.y};
                const double gain = inner * static_cast<double>(step.x * (b.y - a.y) - step.y * (b.x - a.x));
                if (cross(a, to, b) == 0 || std::abs(missing_ - gain) >= std::abs(missing_ - best.gain)) continue;
                best = {number, i, ring[i], to, gain};
            }
            if (best.gain == 0) continue;
            missing_ -= best.gain;
            moves_.push_back(best);
            first_moves |= i == 0;
            ++i;
        }
    }

    void put(std::span<const Move> moves, TilePoint Move::*where) {
        for (const Move& move : moves) rings_[move.ring][move.place] = move.*where;
    }

    /// What breaks the polygon is not done, and found by halves.
    void apply(std::span<const Move> moves) {
        put(moves, &Move::to);
        if (is_plain(rings_)) {
            for (const Move& move : moves) gained_ += move.gain;
            return;
        }
        put(moves, &Move::from);
        if (moves.size() == 1) return;
        apply(moves.first(moves.size() / 2));
        apply(moves.subspan(moves.size() / 2));
    }

    std::span<Ring> rings_;
    const LonePoints& lone_;
    double missing_;
    double gained_ = 0;
    std::vector<Move> moves_;
};

}  // namespace

LonePoints::LonePoints(const LevelShapes& shapes) {
    std::vector<TilePoint> all;
    for (std::uint32_t shape = 0; shape < shapes.size(); ++shape) {
        for (std::uint32_t r = shapes.first_ring(shape); r < shapes.end_ring(shape); ++r)
            shapes.each_point(r, [&](TilePoint point) { all.push_back(point); });
    }
    std::sort(all.begin(), all.end(), is_before);
    for (std::size_t i = 0; i < all.size(); ++i) {
        const bool again = (i > 0 && all[i - 1] == all[i]) || (i + 1 < all.size() && all[i + 1] == all[i]);
        if (!again) points_.push_back(all[i]);
    }
}

bool LonePoints::holds(TilePoint point) const {
    return std::binary_search(points_.begin(), points_.end(), point, is_before);
}

double balance(std::span<Ring> rings, const LonePoints& lone, double wanted) {
    return Balance(rings, lone, wanted).carry_out();
}

}  // namespace tiles
