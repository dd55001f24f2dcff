#include "gis/query/box_sql.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gis {

namespace {

constexpr int segments_per_box_edge =
    32;  // a box edge of 10 degrees in Lambert-93 then errs by less than 200 m of 800 km

/// The parts east and west of the 180° meridian.
std::optional<SqlStatement> crossing_box_sql(const Envelope& bbox, const Crs& storage) {
    const auto western = box_sql({bbox.min_x, bbox.min_y, 180, bbox.max_y, bbox.crs}, storage);
    const auto eastern = box_sql({-180, bbox.min_y, bbox.max_x, bbox.max_y, bbox.crs}, storage);
    if (!western || !eastern) return western ? western : eastern;
    SqlStatement sql("st_collect(");
    return sql.append(*western).text(", ").append(*eastern).text(")");
}

}  // namespace

std::optional<SqlStatement> box_sql(const Envelope& bbox, const Crs& storage) {
    if (bbox.crosses_antimeridian()) return crossing_box_sql(bbox, storage);
    SqlStatement sql;
    if (bbox.min_x == bbox.max_x && bbox.min_y == bbox.max_y) {  // a polygon of no size would meet nothing
        sql.text("st_transform(st_setsrid(st_makepoint(").param(bbox.min_x).text(", ").param(bbox.min_y);
        sql.text(fmt::format("), {}), {})", bbox.crs.srid, storage.srid));
        return sql;
    }
    if (bbox.crs.srid == storage.srid) {
        sql.text("st_makeenvelope(")
            .param(bbox.min_x)
            .text(", ")
            .param(bbox.min_y)
            .text(", ")
            .param(bbox.max_x)
            .text(", ");
        sql.param(bbox.max_y).text(fmt::format(", {})", storage.srid));
        return sql;
    }
    const GeographicBox& limits = bbox.crs.geographic ? storage.area_of_use : bbox.crs.native_area;
    const Envelope box{std::max(bbox.min_x, limits.west), std::max(bbox.min_y, limits.south),
                       std::min(bbox.max_x, limits.east), std::min(bbox.max_y, limits.north), bbox.crs};
    if (box.min_x > box.max_x || box.min_y > box.max_y) return std::nullopt;
    const double step = std::max({box.max_x - box.min_x, box.max_y - box.min_y, 1e-6}) / segments_per_box_edge;
    sql.text("st_transform(st_segmentize(st_makeenvelope(")
        .param(box.min_x)
        .text(", ")
        .param(box.min_y)
        .text(", ")
        .param(box.max_x);
    sql.text(", ")
        .param(box.max_y)
        .text(fmt::format(", {}), ", bbox.crs.srid))
        .param(step)
        .text(fmt::format("), {})", storage.srid));
    return sql;
}

}  // namespace gis
