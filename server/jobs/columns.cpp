#include "server/jobs/columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "gis/error.hpp"
#include "gis/read/mapping.hpp"

namespace jobs {

namespace {

std::string table_of(const gis::Layer& layer) {
    return layer.schema_name + "." + layer.table_name;
}

gis::read::SourceLayer source_of(const Json& told) {
    gis::read::SourceLayer source;
    source.name = told.at("name").get<std::string>();
    for (const Json& field : told.at("fields"))
        source.fields.push_back(
            {field.at("name").get<std::string>(), gis::parse_field_type(field.at("type").get<std::string>())});
    if (told.contains("geometry")) source.geometry = gis::parse_geometry_type(told["geometry"].get<std::string>());
    return source;
}

gis::read::Format format_named(const std::string& name) {
    for (int i = 0; i <= static_cast<int>(gis::read::Format::Archive); ++i) {
        if (to_string(static_cast<gis::read::Format>(i)) == name) return static_cast<gis::read::Format>(i);
    }
    throw gis::Error("no such format: " + name);
}

gis::read::Mapping mapping_for(db::Connection& connection, const gis::Layer& layer,
                               const gis::read::SourceLayer& source, gis::read::Format format) {
    if (!has_mapping(table_of(layer))) return gis::read::mapping_to(target_of(connection, layer), source);
    const gis::read::Mapping* known = gis::read::find_mapping_of_kind(layer.table_name, source, format);
    return known ? *known : gis::read::Mapping();
}

bool needs_position(const gis::Layer& layer, const Json& source) {
    return source.at("format") == to_string(gis::read::Format::Csv) && !source.contains("geometry") &&
           layer.geometry_type == gis::GeometryType::Point && !layer.find_field("x") && !layer.find_field("y");
}

}  // namespace

Json columns_for(db::Connection& connection, const gis::Layer& layer, const Json& source) {
    Json columns = Json::array();
    if (needs_position(layer, source)) {
        for (const auto& [name, title] : {std::pair("x", "X (est, longitude)"), std::pair("y", "Y (nord, latitude)")})
            columns.push_back(
                {{"name", name}, {"title", title}, {"type", "number"}, {"required", true}, {"source", nullptr}});
    }
    const gis::read::SourceLayer fields = source_of(source);
    const auto format = format_named(source.at("format").get<std::string>());
    for (const gis::read::Column& column : mapping_for(connection, layer, fields, format).columns) {
        if (!can_be_chosen(column)) continue;
        const gis::Field* field = layer.find_field(column.name);
        const std::string filled_by = source_field(column, fields);
        const bool is_there =
            std::ranges::find(fields.fields, filled_by, &gis::read::SourceField::name) != fields.fields.end();
        columns.push_back({{"name", column.name},
                           {"title", field && !field->title.empty() ? field->title : column.name},
                           {"type", to_string(field ? field->type : gis::FieldType::Text)},
                           {"required", column.need == gis::read::Need::Required && column.name != layer.id_column},
                           {"source", is_there ? Json(filled_by) : Json(nullptr)}});
    }
    return columns;
}

void check_columns(const gis::Layer& layer, const gis::read::ChosenColumns& chosen) {
    std::set<std::string> open;
    for (const gis::read::Mapping& mapping : gis::read::all_mappings()) {
        if (mapping.table != table_of(layer)) continue;
        for (const gis::read::Column& column : mapping.columns) {
            if (can_be_chosen(column)) open.insert(column.name);
        }
    }
    if (!has_mapping(table_of(layer))) {
        open.insert(layer.id_column);
        for (const gis::Field& field : layer.fields) open.insert(field.name);
    }
    for (const auto& [name, field] : chosen) {
        if (open.contains(name) || name == "x" || name == "y") continue;
        throw gis::InvalidRequest("columns." + name,
                                  fmt::format("la couche « {} » n'a pas cette colonne à remplir ; elle a : {}",
                                              layer.title, fmt::join(open, ", ")));
    }
}

}  // namespace jobs
