#include "tiles/grid/tile_coord.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

#include "gis/error.hpp"

namespace tiles {

namespace {

constexpr double half_world = 20037508.342789244;  // metres, EPSG:3857
constexpr double max_latitude = 85.051128779806592;

std::uint32_t parse_part(std::string_view name, std::string_view text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        throw gis::InvalidRequest(std::string(name), fmt::format("a whole number expected, got '{}'", text));
    }
    return value;
}

std::uint32_t clamp_index(double value, int z) {
    const double last = std::exp2(z) - 1;
    return static_cast<std::uint32_t>(std::clamp(std::floor(value), 0.0, last));
}

}  // namespace

TileCoord parse_tile_coord(std::string_view z, std::string_view x, std::string_view y) {
    const std::uint32_t zoom = parse_part("z", z);
    const TileCoord coord{static_cast<int>(std::min<std::uint32_t>(zoom, 99)), parse_part("x", x), parse_part("y", y)};
    if (zoom > static_cast<std::uint32_t>(max_zoom)) {
        throw gis::NotFound(fmt::format("tile {}/{}/{}: zoom 0 to {} expected", z, x, y, max_zoom));
    }
    const std::uint32_t count = 1U << coord.z;
    if (coord.x >= count || coord.y >= count) {
        throw gis::NotFound(
            fmt::format("tile {}/{}/{}: columns and rows of zoom {} go from 0 to {}", z, x, y, z, count - 1));
    }
    return coord;
}

std::array<double, 4> tile_bounds(TileCoord coord) {
    const double size = 2 * half_world / std::exp2(coord.z);
    const double min_x = -half_world + coord.x * size;
    const double max_y = half_world - coord.y * size;
    return {min_x, max_y - size, min_x + size, max_y};
}

gis::GeographicBox tile_box(TileCoord coord) {
    const double count = std::exp2(coord.z);
    const auto longitude = [&](double column) { return column / count * 360 - 180; };
    const auto latitude = [&](double row) {
        return std::atan(std::sinh(std::numbers::pi * (1 - 2 * row / count))) * 180 / std::numbers::pi;
    };
    return {longitude(coord.x), latitude(coord.y + 1.0), longitude(coord.x + 1.0), latitude(coord.y)};
}

TileRange tiles_covering(const gis::GeographicBox& box, int z) {
    const double count = std::exp2(z);
    const auto column = [&](double longitude) { return clamp_index((longitude + 180) / 360 * count, z); };
    const auto row = [&](double latitude) {
        const double phi = std::clamp(latitude, -max_latitude, max_latitude) * std::numbers::pi / 180;
        return clamp_index((1 - std::asinh(std::tan(phi)) / std::numbers::pi) / 2 * count, z);
    };
    return {column(box.west), row(box.north), column(box.east), row(box.south)};
}

}  // namespace tiles
