#pragma once

#include <cstddef>
#include <cstdint>

#include "tiles/encode/byte_buffer.hpp"
#include "tiles/encode/ring.hpp"
#include "tiles/encode/varint.hpp"

namespace tiles {

// MVT 2.1, 4.3.1
inline constexpr std::uint32_t move_to = 1;
inline constexpr std::uint32_t line_to = 2;
inline constexpr std::uint32_t close_path = 7;

/// Writes a run of points and its commands, from where the cursor is; at its end the cursor is where it went.
class Pen {
  public:
    Pen(ByteBuffer& out, std::size_t points, TilePoint& cursor) : out_(out), cursor_(cursor), from_(cursor) {
        out.room((2 * points + 3) * ByteBuffer::varint_room);
        end_ = out.end();
    }
    Pen(const Pen&) = delete;
    Pen& operator=(const Pen&) = delete;
    ~Pen() {
        out_.end_at(end_);
        cursor_ = from_;
    }
    void command(std::uint32_t id, std::size_t count) {
        end_ = write_varint(end_, static_cast<std::uint32_t>(count) << 3U | id);
    }
    void go(TilePoint to) {
        end_ = write_varint(end_, zigzag(static_cast<std::int32_t>(to.x - from_.x)));
        end_ = write_varint(end_, zigzag(static_cast<std::int32_t>(to.y - from_.y)));
        from_ = to;
    }

  private:
    ByteBuffer& out_;
    TilePoint& cursor_;
    TilePoint from_;
    char* end_ = nullptr;
};

/// Writes a ring, clockwise on the screen or against it, from where the cursor is.
inline void write_ring(ByteBuffer& out, const Ring& ring, bool clockwise, TilePoint& cursor) {
    const bool turned = (area2(ring) > 0) != clockwise;
    Pen pen(out, ring.size(), cursor);
    pen.command(move_to, 1);
    pen.go(ring.front());
    pen.command(line_to, ring.size() - 1);
    const TilePoint* const first = ring.data();
    const TilePoint* const end = first + ring.size();
    if (turned) {
        for (const TilePoint* point = end - 1; point != first; --point) pen.go(*point);
    } else {
        for (const TilePoint* point = first + 1; point != end; ++point) pen.go(*point);
    }
    pen.command(close_path, 1);
}

}  // namespace tiles
