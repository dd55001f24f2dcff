#include "gis/query/tile_rows.hpp"

#include <algorithm>
#include <regex>
#include <stdexcept>

#include "gis/query/tile_sql.hpp"

namespace gis {

namespace {

bool is_number_of_whole(const std::string& sql_type) {
    return sql_type == "smallint" || sql_type == "integer" || sql_type == "bigint";
}

// Names that no column has.
constexpr std::string_view links_name = "carreau$links";
constexpr std::string_view linked_name = "carreau$linked";
constexpr std::string_view codes_name = "carreau$codes";

/// The parts of gis::Layer::commune_link, "schema.table(feature, code)".
struct CommuneLink {
    explicit CommuneLink(const std::string& text) {
        static const std::regex form(R"(([a-z0-9_]+)\.([a-z0-9_]+)\(([a-z0-9_]+), ([a-z0-9_]+)\))");
        std::smatch parts;
        if (!std::regex_match(text, parts, form)) throw std::invalid_argument("no table of communes: " + text);
        schema = parts[1];
        table = parts[2];
        feature = parts[3];
        code = parts[4];
    }
    std::string schema;
    std::string table;
    std::string feature;
    std::string code;
};

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

/// "array" of the ids that a JSON array of texts tells.
void add_id_array(SqlStatement& sql, const std::string& ids_json, std::string_view type) {
    sql.text("array(select carreau_id::").text(type).text(" from jsonb_array_elements_text(");
    sql.param(ids_json, "jsonb").text(") carreau_id)");
}

/// "left join" of the communes that a table tells, under `codes_name`; of some ids, or of all.
void join_links(SqlStatement& sql, const Layer& layer, const std::string* ids_json) {
    const CommuneLink link(layer.commune_link);
    sql.text(" left join (select ").ident(link.feature).text("::text as ").ident(linked_name).text(", string_agg(");
    sql.ident(link.code).text("::text, ',' order by ").ident(link.code).text("::text) as ").ident(codes_name);
    sql.text(" from ").table(link.schema, link.table);
    if (ids_json != nullptr) {
        sql.text(" where ").ident(link.feature).text("::text = any (");
        add_id_array(sql, *ids_json, "text");
        sql.text(")");
    }
    sql.text(" group by 1) ").ident(links_name).text(" on ").ident(linked_name).text(" = ");
    sql.ident(layer.id_column).text("::text");
}

/// "select" of a row's columns.
SqlStatement select_columns(const Layer& layer, bool linked) {
    SqlStatement sql("select ");
    sql.ident(layer.id_column).text(layer.id_type == FieldType::Integer ? "::int8, " : "::text, ");
    const bool curves = layer.geometry_type == GeometryType::Any;
    if (curves) sql.text("st_curvetoline(");
    sql.ident(layer.geometry_column).text(curves ? "), " : ", ");
    if (linked) {
        sql.ident(codes_name);
    } else {
        add_communes(sql, layer);
    }
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
    return sql;
}

SqlStatement held_rows(const Layer& layer, Resolution shown_at, const std::string* ids_json) {
    const bool linked = !layer.commune_link.empty();
    const bool coarse = shown_at != Resolution::Exact;
    SqlStatement sql = select_columns(layer, linked);
    sql.text(" from ");
    if (coarse) {
        sql.table("degrade", layer.name);
    } else {
        sql.table(layer.schema_name, layer.table_name);
    }
    if (linked) join_links(sql, layer, ids_json);
    sql.text(" where ");
    sql.text(!coarse                          ? "true"
             : shown_at == Resolution::Agents ? "carreau_level = 'agents'"
                                              : "carreau_level = 'public'");
    if (ids_json != nullptr) {
        sql.text(" and ").ident(layer.id_column).text(" = any (");
        add_id_array(sql, *ids_json, layer.id_sql_type);
        sql.text(")");
    }
    return sql;
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
    SqlStatement sql = select_columns(layer, false);
    return sql.text(" from ").table(layer.source_schema, layer.source_name);
}

SqlStatement held_rows_sql(const Layer& layer, Resolution shown_at) {
    return held_rows(layer, shown_at, nullptr);
}

SqlStatement held_rows_of_sql(const Layer& layer, Resolution shown_at, const std::string& ids_json) {
    return held_rows(layer, shown_at, &ids_json);
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
