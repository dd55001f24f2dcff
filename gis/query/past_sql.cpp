#include "gis/query/past_sql.hpp"

#include <fmt/format.h>

#include "gis/query/box_sql.hpp"

namespace gis {

namespace {

void add_past_column(SqlStatement& statement, const std::string& name, const std::string& sql_type) {
    // Alone, "character" means one character.
    statement.text(", ").ident(name).text(sql_type == "character" ? " bpchar" : " " + sql_type);
}

}  // namespace

void add_past(SqlStatement& statement, const Layer& layer, const std::string& moment,
              const std::optional<std::string>& id, const std::optional<Envelope>& box) {
    statement.text(fmt::format(" from catalogue.past({}, ", layer.id)).param(moment, "timestamptz").text(", ");
    statement.param(id, "text").text(", ");
    const auto area = box && layer.has_geometry() ? box_sql(*box, layer.crs) : std::nullopt;
    if (area) {
        statement.append(*area);
    } else {
        statement.text("null");
    }
    statement.text(") as ").ident(layer.source_name).text("(").ident(layer.id_column).text(" " + layer.id_sql_type);
    if (layer.has_geometry()) add_past_column(statement, layer.geometry_column, "geometry");
    for (const Field& field : layer.fields) {
        if (field.name != layer.id_column && field.name != layer.geometry_column)
            add_past_column(statement, field.name, field.sql_type);
    }
    statement.text(")");
}

}  // namespace gis
