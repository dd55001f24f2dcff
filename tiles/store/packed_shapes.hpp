#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tiles/project/world.hpp"

namespace tiles {

/// Shapes one after the other: each has rings (or lines, or one run of points), each ring has points.
class PackedShapes {
  public:
    struct Ring {
        std::uint32_t begin = 0;  ///< first point
        std::uint32_t end = 0;
        bool hole = false;
    };

    std::uint32_t size() const { return static_cast<std::uint32_t>(first_rings_.size() - 1); }
    std::uint32_t first_ring(std::uint32_t shape) const { return first_rings_[shape]; }
    std::uint32_t end_ring(std::uint32_t shape) const { return first_rings_[shape + 1]; }
    Ring ring(std::uint32_t number) const {
        return {ring_ends_[number] & ~hole_mark, ring_ends_[number + 1] & ~hole_mark,
                (ring_ends_[number + 1] & hole_mark) != 0};
    }
    std::span<const WorldPoint> points() const { return points_; }
    std::span<const WorldPoint> points(const Ring& ring) const {
        return std::span(points_).subspan(ring.begin, ring.end - ring.begin);
    }
    std::uint32_t ring_count() const { return static_cast<std::uint32_t>(ring_ends_.size() - 1); }

    /// Where points are written before they become rings.
    std::vector<WorldPoint>& writable_points() { return points_; }
    /// The points since the last ring, up to `end`, are one.
    void end_ring_at(std::size_t end, bool hole) {
        ring_ends_.push_back(static_cast<std::uint32_t>(end) | (hole ? hole_mark : 0));
    }
    /// The rings since the last shape are one.
    void end_shape() { first_rings_.push_back(ring_count()); }
    /// One shape of `other`.
    void append(const PackedShapes& other, std::uint32_t shape) {
        for (std::uint32_t r = other.first_ring(shape); r < other.end_ring(shape); ++r) {
            const Ring ring = other.ring(r);
            const auto points = other.points(ring);
            points_.insert(points_.end(), points.begin(), points.end());
            end_ring_at(points_.size(), ring.hole);
        }
        end_shape();
    }
    void reserve(std::size_t shapes, std::size_t rings, std::size_t points) {
        first_rings_.reserve(shapes + 1);
        ring_ends_.reserve(rings + 1);
        points_.reserve(points);
    }
    void shrink() {
        first_rings_.shrink_to_fit();
        ring_ends_.shrink_to_fit();
        points_.shrink_to_fit();
    }
    std::size_t memory() const {
        return (first_rings_.capacity() + ring_ends_.capacity()) * sizeof(std::uint32_t) +
               points_.capacity() * sizeof(WorldPoint);
    }

  private:
    static constexpr std::uint32_t hole_mark = 1U << 31U;
    std::vector<std::uint32_t> first_rings_{0};
    std::vector<std::uint32_t> ring_ends_{0};  // ring n is [n, n+1); marked when it is a hole
    std::vector<WorldPoint> points_;
};

}  // namespace tiles
