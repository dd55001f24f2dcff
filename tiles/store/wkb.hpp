#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace tiles {

/// What a feature is drawn as; the numbers are those of the tile's geometry types (MVT 2.1, 4.3.4).
enum class Kind : std::uint8_t { Nothing = 0, Point = 1, Line = 2, Polygon = 3 };

/// A geometry taken apart: `kind` is the highest dimension found in it, and only parts of that dimension are kept.
/// Reused from row to row.
struct Shape {
    struct Part {
        std::uint32_t begin = 0;  ///< first point in xy
        std::uint32_t end = 0;
        bool hole = false;
    };
    Kind kind = Kind::Nothing;
    std::vector<double> xy;  ///< pairs; the last point of a ring repeats the first
    std::vector<Part>
        parts;  ///< points: one part with all of them; lines; rings, each polygon's shell before its holes

    void clear();
};

/// Reads EWKB or ISO WKB in either byte order; Z and M are dropped. Throws std::invalid_argument for bytes that are no
/// geometry, curves (linearise them in SQL), more than 64 levels.
void read_wkb(std::string_view bytes, Shape& shape);

}  // namespace tiles
