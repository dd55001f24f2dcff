#include "gis/query/tile_sql.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gis {

namespace {

// The buffer, and a little more: between two of the points of a densified edge the true curve bulges outwards.
constexpr double margin = (tile_buffer + 16.0) / tile_extent;
constexpr int segments_per_edge = 32;

// Names that no column has: a table may well have columns called f, fid or geom.
constexpr std::string_view row_name = "carreau$row";
constexpr std::string_view numbered_name = "carreau$id";
constexpr std::string_view geometry_name = "carreau$geometry";

struct TileAddress {
    int z, x, y;
};

/// The tile with its buffer, cut to the area where the layer's CRS is defined; nothing when they do not meet.
std::optional<GeographicBox> search_box(const Layer& layer, const GeographicBox& tile) {
    const double width = (tile.east - tile.west) * margin;
    const double height = (tile.north - tile.south) * margin;
    const GeographicBox& area = layer.crs.area_of_use;
    const GeographicBox box{std::max(tile.west - width, area.west), std::max(tile.south - height, area.south),
                            std::min(tile.east + width, area.east), std::min(tile.north + height, area.north)};
    if (box.west >= box.east || box.south >= box.north) return std::nullopt;
    return box;
}

void add_geometry(SqlStatement& sql, const Layer& layer) {
    if (layer.geometry_type == GeometryType::Any) sql.text("st_curvetoline(");
    sql.ident(layer.geometry_column);
    if (layer.geometry_type == GeometryType::Any) sql.text(")");
}

/// "select <id and fields>": the attributes that the tile carries at zoom z.
void add_attributes(SqlStatement& sql, const Layer& layer, int z) {
    const bool numbered = layer.id_type == FieldType::Integer;
    sql.text("select ").ident(layer.id_column).text(numbered ? "::int8 as " : "::text as ");
    sql.ident(numbered ? numbered_name : std::string_view(layer.id_column));
    for (const Field& field : layer.fields) {
        if ((field.name == layer.id_column && !numbered) || z < field.tile_min_zoom) continue;
        sql.text(", ").ident(field.name);
        if (field.type == FieldType::Date || field.type == FieldType::DateTime || field.type == FieldType::Text)
            sql.text("::text");
        if (field.type == FieldType::Number) sql.text("::float8");
        sql.text(" as ").ident(field.name);
    }
}

/// The statement around `geometry_sql`, the geometry in the layer's CRS.
SqlStatement mvt_sql(const Layer& layer, const std::string& name, const SqlStatement& geometry, int buffer,
                     TileAddress tile, const SqlStatement& meets) {
    SqlStatement sql("select st_asmvt(");
    sql.ident(row_name).text(", ").param(name, "text");
    sql.text(fmt::format(", {}, '{}'", tile_extent, geometry_name));
    if (layer.id_type == FieldType::Integer) sql.text(fmt::format(", '{}'", numbered_name));
    sql.text(") from (");
    add_attributes(sql, layer, tile.z);
    sql.text(", st_asmvtgeom(st_transform(").append(geometry).text(", 3857), st_tileenvelope(");
    sql.param(tile.z).text(", ").param(tile.x).text(", ").param(tile.y);
    sql.text(fmt::format("), {}, {}, true) as ", tile_extent, buffer));
    sql.ident(geometry_name).text(" from ").table(layer.source_schema, layer.source_name);
    sql.text(" where ").append(meets).text(") ").ident(row_name);
    sql.text(" where ").ident(geometry_name).text(" is not null");
    return sql;
}

}  // namespace

std::optional<SqlStatement> tile_search_sql(const Layer& layer, const GeographicBox& tile_box) {
    const auto box = search_box(layer, tile_box);
    if (!box) return std::nullopt;
    SqlStatement sql;
    sql.ident(layer.geometry_column).text(" && st_transform(st_segmentize(st_makeenvelope(");
    sql.param(box->west).text(", ").param(box->south).text(", ").param(box->east).text(", ").param(box->north);
    sql.text(", 4326), ").param(std::max(box->east - box->west, box->north - box->south) / segments_per_edge);
    sql.text(fmt::format("), {})", layer.crs.srid));
    return sql;
}

std::optional<SqlStatement> tile_sql(const Layer& layer, int z, int x, int y, const GeographicBox& tile_box) {
    if (!layer.has_geometry() || z < layer.min_zoom || z > layer.max_zoom) return std::nullopt;
    const auto meets = tile_search_sql(layer, tile_box);
    if (!meets) return std::nullopt;
    SqlStatement geometry;
    add_geometry(geometry, layer);
    return mvt_sql(layer, layer.name, geometry, tile_buffer, {z, x, y}, *meets);
}

std::optional<SqlStatement> label_tile_sql(const Layer& layer, int z, int x, int y, const GeographicBox& tile_box) {
    // The deepest tiles are stretched for the zooms beyond, so they carry text that begins there.
    const bool wanted = layer.label_zoom && layer.is_polygonal() && z >= std::min(*layer.label_zoom, layer.max_zoom);
    if (!wanted || z < layer.min_zoom || z > layer.max_zoom) return std::nullopt;
    const auto meets = tile_search_sql(layer, tile_box);
    if (!meets) return std::nullopt;
    SqlStatement geometry("st_pointonsurface(");
    geometry.ident(layer.geometry_column).text(")");
    return mvt_sql(layer, label_layer_name(layer), geometry, 0, {z, x, y}, *meets);
}

std::string label_layer_name(const Layer& layer) {
    return layer.name + "_label";
}

}  // namespace gis
