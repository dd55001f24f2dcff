#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tiles {

/// A point in units of a tile (extent 4096), y down.
struct TilePoint {
    std::int64_t x = 0;
    std::int64_t y = 0;
    friend bool operator==(TilePoint, TilePoint) = default;
};

using Ring = std::vector<TilePoint>;  ///< the last point is not repeated

/// The tile and its buffer, in tile units.
struct ClipBox {
    std::int64_t min = 0;
    std::int64_t max = 0;
    bool holds(TilePoint p) const { return p.x >= min && p.x <= max && p.y >= min && p.y <= max; }
};

/// Which way the path a, b, c turns: positive clockwise on the screen, zero where it is straight.
inline std::int64_t cross(TilePoint a, TilePoint b, TilePoint c) {
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/// Adds a point to a line under construction, unless it repeats the last one.
inline void append_point(Ring& line, TilePoint point) {
    if (line.empty() || line.back() != point) line.push_back(point);
}

/// Makes a ring of `most` points at most: repeated points and, where asked, points on the way from one to the next are
/// left out. The ring holds them when this ends.
class RingMaker {
  public:
    RingMaker(Ring& ring, std::size_t most) : ring_(ring) {
        ring.resize(most);
        begin_ = end_ = ring.data();
    }
    RingMaker(const RingMaker&) = delete;
    RingMaker& operator=(const RingMaker&) = delete;
    ~RingMaker() { ring_.resize(static_cast<std::size_t>(end_ - begin_)); }

    void add(TilePoint point) {
        if (end_ == begin_ || end_[-1] != point) *end_++ = point;
    }
    void add_dropping_straight(TilePoint point) {
        if (end_ != begin_ && end_[-1] == point) return;
        while (end_ - begin_ >= 2 && cross(end_[-2], end_[-1], point) == 0) {
            --end_;
            if (end_[-1] == point) return;
        }
        *end_++ = point;
    }

  private:
    Ring& ring_;
    TilePoint* begin_;
    TilePoint* end_;
};

/// Leaves such points out where the ring closes. What is left of a ring without area has less than three points.
void close_ring(Ring& ring);

/// Twice the area, positive for rings that turn clockwise on the screen (y down), as shells do (MVT 2.1, 4.3.4.4).
std::int64_t area2(const Ring& ring);

/// Cuts a ring by the box (Sutherland-Hodgman): a ring that leaves the box several times runs along its edge between.
void clip_ring(Ring& ring, const ClipBox& box);
/// Cuts a line by the box; the pieces are appended to `pieces`.
void clip_line(const Ring& line, const ClipBox& box, std::vector<Ring>& pieces);

/// A polygon: its shell, then its holes.
struct TilePolygon {
    std::vector<Ring> rings;
};

/// True when no two edges of the polygon's rings meet but at the points they share as neighbours. False may still be
/// valid: rings may touch in one point.
bool is_plain(std::span<const Ring> rings);

}  // namespace tiles
