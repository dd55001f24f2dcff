#include "gis/write/inspire/surfaces.hpp"

#include <cmath>

#include "gis/write/wkb_cursor.hpp"

namespace gis::inspire {

namespace {

bool read_ring(WkbCursor& cursor) {
    const std::uint32_t count = cursor.count();
    WkbCursor::Position first, last;
    bool finite = true;
    for (std::uint32_t i = 0; i < count; ++i) {
        last = cursor.position();
        if (i == 0) first = last;
        finite = finite && std::isfinite(last.x) && std::isfinite(last.y);
    }
    return finite && count >= 4 && first.x == last.x && first.y == last.y;
}

enum class Found { Area, Nothing, Bad };

/// Reads on behind a polygon whose header was read.
Found read_polygon(WkbCursor& cursor) {
    const std::uint32_t rings = cursor.count();
    bool good = true;
    for (std::uint32_t i = 0; i < rings; ++i) good = read_ring(cursor) && good;
    if (!good) return Found::Bad;
    return rings > 0 ? Found::Area : Found::Nothing;
}

}  // namespace

std::vector<std::string_view> polygons_of(std::string_view wkb) {
    std::vector<std::string_view> polygons;
    WkbCursor cursor(wkb);
    const std::uint32_t type = cursor.header();
    if (type == WkbCursor::Polygon) {
        if (read_polygon(cursor) == Found::Area) polygons.push_back(wkb);
        return polygons;
    }
    if (type != WkbCursor::MultiPolygon) return polygons;
    for (std::uint32_t left = cursor.count(); left > 0; --left) {
        const std::string_view from = cursor.rest();
        const Found found = cursor.header() == WkbCursor::Polygon ? read_polygon(cursor) : Found::Bad;
        if (found == Found::Bad) return {};
        if (found == Found::Area) polygons.push_back(from.substr(0, from.size() - cursor.rest().size()));
    }
    return polygons;
}

std::string multi_polygon(const std::vector<std::string_view>& polygons) {
    std::string wkb;
    const auto add = [&](std::uint32_t number) {
        for (int shift = 0; shift < 32; shift += 8) wkb += static_cast<char>(number >> shift & 0xff);
    };
    wkb += '\1';  // little-endian; each polygon says its own order
    add(WkbCursor::MultiPolygon);
    add(static_cast<std::uint32_t>(polygons.size()));
    for (const std::string_view polygon : polygons) wkb += polygon;
    return wkb;
}

}  // namespace gis::inspire
