#include "tiles/store/level_shapes.hpp"

#include <stdexcept>

#include "tiles/encode/varint.hpp"

namespace tiles {

void LevelShapes::add_ring(const Ring& points, bool hole) {
    TilePoint last;
    for (const TilePoint& point : points) {
        append_varint(bytes_, zigzag(static_cast<std::int32_t>(point.x - last.x)));
        append_varint(bytes_, zigzag(static_cast<std::int32_t>(point.y - last.y)));
        last = point;
    }
    if (bytes_.size() >= hole_mark) throw std::invalid_argument("more points than a layer in memory can hold");
    ring_ends_.push_back(static_cast<std::uint32_t>(bytes_.size()) | (hole ? hole_mark : 0));
    point_count_ += points.size();
}

void LevelShapes::shrink() {
    first_rings_.shrink_to_fit();
    ring_ends_.shrink_to_fit();
    bytes_.shrink_to_fit();
}

std::size_t LevelShapes::memory() const {
    return (first_rings_.capacity() + ring_ends_.capacity()) * sizeof(std::uint32_t) + bytes_.capacity();
}

}  // namespace tiles
