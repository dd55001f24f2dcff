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

enum class Found { Extent, Nothing, Bad };

/// Reads on behind a polygon whose header was read.
Found read_polygon(WkbCursor& cursor) {
    const std::uint32_t rings = cursor.count();
    bool good = true;
    for (std::uint32_t i = 0; i < rings; ++i) good = read_ring(cursor) && good;
    if (!good) return Found::Bad;
    return rings > 0 ? Found::Extent : Found::Nothing;
}

/// The same of a line.
Found read_line(WkbCursor& cursor) {
    const std::uint32_t count = cursor.count();
    bool finite = true;
    for (std::uint32_t i = 0; i < count; ++i) {
        const WkbCursor::Position at = cursor.position();
        finite = finite && std::isfinite(at.x) && std::isfinite(at.y);
    }
    if (count == 0) return Found::Nothing;
    return finite && count >= 2 ? Found::Extent : Found::Bad;
}

/// The geometry itself if it is of the type `one`, or its members if it is of the type `several`.
std::vector<std::string_view> members_of(std::string_view wkb, std::uint32_t one, std::uint32_t several,
                                         Found (*read)(WkbCursor&)) {
    std::vector<std::string_view> members;
    WkbCursor cursor(wkb);
    const std::uint32_t type = cursor.header();
    if (type == one) {
        if (read(cursor) == Found::Extent) members.push_back(wkb);
        return members;
    }
    if (type != several) return members;
    for (std::uint32_t left = cursor.count(); left > 0; --left) {
        const std::string_view from = cursor.rest();
        const Found found = cursor.header() == one ? read(cursor) : Found::Bad;
        if (found == Found::Bad) return {};
        if (found == Found::Extent) members.push_back(from.substr(0, from.size() - cursor.rest().size()));
    }
    return members;
}

}  // namespace

std::vector<std::string_view> polygons_of(std::string_view wkb) {
    return members_of(wkb, WkbCursor::Polygon, WkbCursor::MultiPolygon, read_polygon);
}

std::vector<std::string_view> lines_of(std::string_view wkb) {
    return members_of(wkb, WkbCursor::LineString, WkbCursor::MultiLineString, read_line);
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
