#pragma once

#include <cstdint>
#include <cstring>
#include <string>

namespace test {

inline void append_bytes(std::string& out, const void* value, std::size_t size) {
    out.append(static_cast<const char*>(value), size);
}

/// A square of side `side` with its south-west corner at x, y as a MultiPolygon in little-endian WKB.
inline std::string square_wkb(double x, double y, double side) {
    std::string wkb;
    const auto header = [&](std::uint32_t type, std::uint32_t count) {
        wkb += '\1';
        append_bytes(wkb, &type, sizeof type);
        append_bytes(wkb, &count, sizeof count);
    };
    header(6, 1);
    header(3, 1);
    const std::uint32_t points = 5;
    append_bytes(wkb, &points, sizeof points);
    const double ring[] = {x, y, x + side, y, x + side, y + side, x, y + side, x, y};
    append_bytes(wkb, ring, sizeof ring);
    return wkb;
}

}  // namespace test
