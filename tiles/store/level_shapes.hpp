#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tiles/encode/ring.hpp"

namespace tiles {

/// Shapes one after the other, in units of one zoom counted from the world's north-western corner. Each point is kept
/// as its way from the one before, in some two or three bytes.
class LevelShapes {
  public:
    std::uint32_t size() const { return static_cast<std::uint32_t>(first_rings_.size() - 1); }
    std::uint32_t first_ring(std::uint32_t shape) const { return first_rings_[shape]; }
    std::uint32_t end_ring(std::uint32_t shape) const { return first_rings_[shape + 1]; }
    bool is_hole(std::uint32_t ring) const { return (ring_ends_[ring + 1] & hole_mark) != 0; }
    /// Not less than how many points the ring has.
    std::size_t most_points(std::uint32_t ring) const { return (end_of(ring) - begin_of(ring)) / 2; }
    std::size_t point_count() const { return point_count_; }

    /// Calls `add(TilePoint)` for each point of a ring or line.
    template <typename Add>
    void each_point(std::uint32_t ring, Add add) const {
        const char* at = bytes_.data() + begin_of(ring);
        const char* const end = bytes_.data() + end_of(ring);
        TilePoint point;
        while (at != end) {
            point.x += read_step(at);
            point.y += read_step(at);
            add(point);
        }
    }

    /// The next ring or line of the shape at hand. Throws std::invalid_argument when there is no room for it.
    void add_ring(const Ring& points, bool hole);
    /// The rings since the last shape are one.
    void end_shape() { first_rings_.push_back(static_cast<std::uint32_t>(ring_ends_.size() - 1)); }
    void shrink();
    std::size_t memory() const;

  private:
    static constexpr std::uint32_t hole_mark = 1U << 31U;

    std::uint32_t begin_of(std::uint32_t ring) const { return ring_ends_[ring] & ~hole_mark; }
    std::uint32_t end_of(std::uint32_t ring) const { return ring_ends_[ring + 1] & ~hole_mark; }
    static std::int64_t read_step(const char*& at) {
        std::uint32_t value = 0;
        for (unsigned shift = 0;; shift += 7) {
            const auto byte = static_cast<unsigned char>(*at++);
            value |= (byte & 0x7FU) << shift;
            if (byte < 0x80) break;
        }
        return static_cast<std::int32_t>(value >> 1U) ^ -static_cast<std::int32_t>(value & 1U);
    }

    std::vector<std::uint32_t> first_rings_{0};
    std::vector<std::uint32_t> ring_ends_{0};  // in bytes_: ring n is [n, n+1); marked when it is a hole
    std::string bytes_;
    std::size_t point_count_ = 0;
};

}  // namespace tiles
