#include "gis/query/tile_rows.hpp"

#include <algorithm>

#include "gis/query/tile_sql.hpp"

namespace gis {

namespace {

bool is_number_of_whole(const std::string& sql_type) {
    return sql_type == "smallint" || sql_type == "integer" || sql_type == "bigint";
}

/// The codes of the row's communes, comma between.
void add_communes(SqlStatement& sql, const Layer& layer) {
    if (layer.commune_column.empty()) {
        sql.text("''::text");
        return;
    }
    const auto field = std::find_if(layer.fields.begin(), layer.fields.end(),
                                    [&](const Field& f) { return f.name == layer.commune_column; });
    if (field != layer.fields.end() && field->sql_type == "text") {
        sql.ident(layer.commune_column);
    } else {
        // A code or an array of codes: an array of arrays is written flat.
        sql.text("array_to_string(array[").ident(layer.commune_column).text("], ',')");
    }
}

}  // namespace

TileValue tile_value_of(const Field& field) {
    if (field.type == FieldType::Integer && is_number_of_whole(field.sql_type)) return TileValue::Integer;
    if (field.type == FieldType::Number) return TileValue::Number;
    if (field.type == FieldType::Boolean && field.sql_type == "boolean") return TileValue::Boolean;
    return TileValue::Text;
}

std::vector<const Field*> tile_fields(const Layer& layer) {
    std::vector<const Field*> fields;
    for (const Field& field : layer.fields) {
        const bool is_row_id = field.name == layer.id_column && layer.id_type != FieldType::Integer;
        if (!is_row_id && field.tile_min_zoom <= layer.max_zoom) fields.push_back(&field);
    }
    return fields;
}

SqlStatement tile_rows_sql(const Layer& layer) {
    SqlStatement sql("select ");
    sql.ident(layer.id_column).text(layer.id_type == FieldType::Integer ? "::int8, " : "::text, ");
    const bool curves = layer.geometry_type == GeometryType::Any;
    if (curves) sql.text("st_curvetoline(");
    sql.ident(layer.geometry_column).text(curves ? "), " : ", ");
    add_communes(sql, layer);
    for (const Field* field : tile_fields(layer)) {
        sql.text(", ").ident(field->name);
        switch (tile_value_of(*field)) {
            case TileValue::Integer:
                sql.text("::int8");
                break;
            case TileValue::Number:
                sql.text("::float8");
                break;
            case TileValue::Boolean:
                break;
            case TileValue::Text:
                sql.text("::text");
                break;
        }
    }
    return sql.text(" from ").table(layer.source_schema, layer.source_name);
}

SqlStatement tile_rows_of_sql(const Layer& layer, const std::string& ids_json) {
    SqlStatement sql = tile_rows_sql(layer);
    sql.text(" where ").ident(layer.id_column).text(" = any (array(select carreau_id::");
    sql.text(layer.id_sql_type).text(" from jsonb_array_elements_text(").param(ids_json, "jsonb");
    return sql.text(") carreau_id))");
}

std::optional<SqlStatement> tile_rows_in_sql(const Layer& layer, int z, const GeographicBox& tile_box) {
    if (!layer.has_geometry() || z < layer.min_zoom || z > layer.max_zoom) return std::nullopt;
    const auto meets = tile_search_sql(layer, tile_box);
    if (!meets) return std::nullopt;
    SqlStatement sql = tile_rows_sql(layer);
    sql.text(" where ").append(*meets);
    return sql;
}

}  // namespace gis
