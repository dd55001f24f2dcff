#include "gis/query/tile_sql.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gis {

namespace {

// The buffer, and a little more: between two of the points of a densified edge the true curve bulges outwards.
constexpr double margin = (tile_buffer + 16.0) / tile_extent;
constexpr int segments_per_edge = 32;

}  // namespace

std::optional<SqlStatement> tile_sql(const Layer& layer, int z, int x, int y, const GeographicBox& tile_box) {
    if (!layer.has_geometry() || z < layer.min_zoom || z > layer.max_zoom) return std::nullopt;
    const double width = tile_box.east - tile_box.west;
    const double height = tile_box.north - tile_box.south;
    const GeographicBox& area = layer.crs.area_of_use;
    const double west = std::max(tile_box.west - width * margin, area.west);
    const double east = std::min(tile_box.east + width * margin, area.east);
    const double south = std::max(tile_box.south - height * margin, area.south);
    const double north = std::min(tile_box.north + height * margin, area.north);
    if (west >= east || south >= north) return std::nullopt;

    SqlStatement sql("select st_asmvt(f, ");
    sql.param(layer.name, "text").text(fmt::format(", {}, 'geom'", tile_extent));
    const bool numbered = layer.id_type == FieldType::Integer;
    if (numbered) sql.text(", 'fid'");
    sql.text(") from (select ");
    if (numbered) {
        sql.ident(layer.id_column).text("::int8 as fid");
    } else {
        sql.ident(layer.id_column).text("::text as ").ident(layer.id_column);
    }
    for (const Field& field : layer.fields) {
        if (field.name == layer.id_column && !numbered) continue;
        if (z < field.tile_min_zoom) continue;
        sql.text(", ").ident(field.name);
        if (field.type == FieldType::Date || field.type == FieldType::DateTime || field.type == FieldType::Text)
            sql.text("::text");
        if (field.type == FieldType::Number) sql.text("::float8");
        sql.text(" as ").ident(field.name);
    }
    sql.text(", st_asmvtgeom(st_transform(");
    if (layer.geometry_type == GeometryType::Any) sql.text("st_curvetoline(");
    sql.ident(layer.geometry_column);
    if (layer.geometry_type == GeometryType::Any) sql.text(")");
    sql.text(", 3857), st_tileenvelope(").param(z).text(", ").param(x).text(", ").param(y);
    sql.text(fmt::format("), {}, {}, true) as geom from ", tile_extent, tile_buffer))
        .table(layer.schema_name, layer.table_name);
    sql.text(" where ")
        .ident(layer.geometry_column)
        .text(" && st_transform(st_segmentize(st_makeenvelope(")
        .param(west)
        .text(", ")
        .param(south);
    sql.text(", ")
        .param(east)
        .text(", ")
        .param(north)
        .text(", 4326), ")
        .param(std::max(east - west, north - south) / segments_per_edge);
    sql.text(fmt::format("), {})", layer.crs.srid)).text(") f where geom is not null");
    return sql;
}

}  // namespace gis
