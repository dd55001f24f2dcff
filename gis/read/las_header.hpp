#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace gis::read {

/// What a point cloud says of itself (ASPRS LAS 1.0 to 1.4; LAZ has the same head).
struct LasFacts {
    std::string version;  ///< "1.4"
    int point_format = 0;
    bool compressed = false;
    std::uint64_t points = 0;
    std::array<double, 3> min{}, max{};  ///< x, y, z in the file's CRS
    std::string date;                    ///< of the file, "2026-05-04"; empty: not said
    std::string software;
    std::string crs;  ///< "EPSG:2154" of the GeoTIFF keys, or WKT; empty: not said
};

/// As much of a file as its head may take: header and variable length records, of which the CRS is one.
inline constexpr std::size_t largest_las_head = 1U << 20U;

/// Reads the first bytes of a file of `size` bytes. Nothing is believed that the size contradicts. Throws
/// InvalidRequest (no field) with the reason.
LasFacts parse_las_header(std::string_view head, std::uint64_t size);

}  // namespace gis::read
