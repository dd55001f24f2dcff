#include "server/db/catalog_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <map>
#include <nlohmann/json.hpp>

#include "server/db/source_table.hpp"

namespace db {

using nlohmann::json;

namespace {

std::string text_or_empty(const pqxx::field& field) {
    return field.is_null() ? std::string() : std::string(field.c_str());
}

/// The lowest zoom at which a symbol fragment of the style is drawn.
std::optional<int> label_zoom_of(const gis::Layer& layer) {
    const json style = json::parse(layer.style, nullptr, false);
    std::optional<int> zoom;
    if (!style.is_array()) return zoom;
    for (const json& fragment : style) {
        if (!fragment.is_object() || fragment.value("type", "") != "symbol") continue;
        const json least = fragment.value("minzoom", json(layer.min_zoom));
        const int begin = least.is_number() ? static_cast<int>(least.get<double>()) : layer.min_zoom;
        zoom = std::min(zoom.value_or(begin), begin);
    }
    return zoom;
}

gis::Layer read_layer(const pqxx::row& row) {
    gis::Layer layer;
    layer.id = row["layer_id"].as<int>();
    layer.name = row["name"].c_str();
    layer.title = row["title"].c_str();
    layer.description = row["description"].c_str();
    layer.theme = row["theme"].c_str();
    layer.schema_name = row["table_schema"].c_str();
    layer.table_name = row["table_name"].c_str();
    layer.sensitive = std::string_view(row["public_resolution"].c_str()) != "exact" ||
                      std::string_view(row["agent_resolution"].c_str()) != "exact";
    layer.hidden_from_public = std::string_view(row["public_resolution"].c_str()) == "hidden";
    layer.hidden_from_agents = std::string_view(row["agent_resolution"].c_str()) == "hidden";
    layer.exact_for_agents = layer.sensitive && std::string_view(row["agent_resolution"].c_str()) == "exact";
    const bool exposed = layer.sensitive || row["is_view"].as<bool>();
    layer.source_schema = exposed ? "expose" : layer.schema_name;
    layer.source_name = exposed ? layer.name : layer.table_name;
    layer.commune_link = text_or_empty(row["commune_link"]);
    layer.id_column = row["id_column"].c_str();
    layer.geometry_column = text_or_empty(row["geometry_column"]);
    layer.geometry_type = gis::parse_geometry_type(text_or_empty(row["geometry_type"]));
    layer.label_field = text_or_empty(row["label_field"]);
    layer.commune_column = text_or_empty(row["commune_column"]);
    layer.datetime_column = text_or_empty(row["datetime_column"]);
    layer.coverage_column = text_or_empty(row["coverage_column"]);
    layer.picture_column = text_or_empty(row["picture_column"]);
    layer.raster_column = text_or_empty(row["raster_column"]);
    layer.mission_role = text_or_empty(row["mission_role"]);
    layer.time_slider = row["time_slider"].as<bool>();
    layer.min_zoom = row["min_zoom"].as<int>();
    layer.max_zoom = row["max_zoom"].as<int>();
    layer.merge_zoom = row["merge_zoom"].as<int>();
    layer.sort_order = row["sort_order"].as<int>();
    layer.visible = row["visible"].as<bool>();
    layer.published = row["published"].as<bool>();
    layer.fictive = row["fictive"].as<bool>();
    layer.tracked = row["tracked"].as<bool>();
    layer.editable = layer.tracked && row["is_table"].as<bool>() && !layer.holds_missions();
    layer.has_z = row["has_z"].as<bool>();
    layer.tiles_by_sql = std::string_view(row["tiles"].c_str()) == "sql";
    layer.licence = row["licence"].c_str();
    layer.attribution = row["attribution"].c_str();
    layer.contact = row["contact"].c_str();
    layer.lineage = row["lineage"].c_str();
    layer.access_limits = row["access_limits"].c_str();
    for (const json& keyword : json::parse(row["keyword_list"].c_str())) layer.keywords.push_back(keyword);
    layer.style = row["style"].c_str();
    layer.label_zoom = label_zoom_of(layer);
    layer.vintage = text_or_empty(row["vintage"]);
    layer.updated = row["updated"].c_str();
    if (!row["west"].is_null()) {
        layer.extent = gis::GeographicBox{row["west"].as<double>(), row["south"].as<double>(), row["east"].as<double>(),
                                          row["north"].as<double>()};
    }
    return layer;
}

constexpr auto fields_sql =
    "select name, title, type, description, tile_min_zoom, required, editable, codes, max_length, minimum, maximum "
    "from catalogue.field where layer_id = $1 order by ordinal";

std::vector<gis::Code> read_codes(const pqxx::field& text) {
    std::vector<gis::Code> codes;
    if (text.is_null()) return codes;
    for (const json& code : json::parse(text.c_str())) codes.push_back({code.at("value"), code.at("label")});
    return codes;
}

/// What the column is made of, and what the declaration asks beyond it.
gis::Field read_field(const pqxx::row& row, const Column& column) {
    gis::Field field{row["name"].c_str(), row["title"].c_str(),       gis::parse_field_type(row["type"].c_str()),
                     column.sql_type,     row["description"].c_str(), row["tile_min_zoom"].as<int>()};
    field.has_default = column.has_default;
    field.required = row["required"].is_null() ? column.not_null : row["required"].as<bool>();
    field.editable = row["editable"].as<bool>() && !column.is_computed;
    field.codes = read_codes(row["codes"]);
    field.max_length = column.max_length;
    if (!row["max_length"].is_null())
        field.max_length = std::min(row["max_length"].as<int>(), column.max_length.value_or(INT_MAX));
    if (column.maximum) field.maximum = *column.maximum, field.minimum = -*column.maximum;
    if (!row["minimum"].is_null()) field.minimum = row["minimum"].as<double>();
    if (!row["maximum"].is_null()) field.maximum = row["maximum"].as<double>();
    return field;
}

constexpr auto layers_sql =
    "select l.*, l.extent[1] as west, l.extent[2] as south, l.extent[3] as east, l.extent[4] as north, "
    "to_char(greatest(l.updated_at, v.published_at) at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') as updated, "
    "v.vintage, to_jsonb(l.keywords)::text as keyword_list, coalesce(t.relkind not in ('r', 'p'), false) as is_view, "
    "coalesce(t.relkind in ('r', 'p'), false) as "
    "is_table, coalesce((select postgis_typmod_dims(a.atttypmod) > 2 from pg_attribute a where a.attrelid = t.oid and "
    "a.attname = l.geometry_column and a.atttypmod >= 0), false) as has_z from catalogue.layer l "
    "left join pg_class t on t.oid = to_regclass(format('%I.%I', l.table_schema, l.table_name)) left join lateral ("
    "  select max(vintage) as vintage, max(published_at) as published_at from catalogue.version "
    "  where target = l.table_schema || '.' || l.table_name and state = 'published') v on true "
    "where (l.published or $1) order by l.sort_order, l.name";

}  // namespace

gis::Catalog load_catalog(const std::string& dsn, Listing listing) {
    return in_transaction(dsn, [&](pqxx::work& transaction) {
        std::vector<gis::Layer> layers;
        for (const auto& row : run(transaction, layers_sql, listing == Listing::All)) {
            gis::Layer layer = read_layer(row);
            std::map<std::string, Column> types;
            for (Column& column : columns_of(transaction, layer.schema_name, layer.table_name))
                types.emplace(column.name, column);
            const auto geometry_is_there = layer.geometry_column.empty() || types.contains(layer.geometry_column);
            if (!types.contains(layer.id_column) || !geometry_is_there) continue;
            for (std::string* column : {&layer.label_field, &layer.commune_column, &layer.datetime_column,
                                        &layer.coverage_column, &layer.picture_column, &layer.raster_column}) {
                if (!types.contains(*column)) column->clear();
            }
            const Column& id = types[layer.id_column];
            layer.id_sql_type = id.sql_type;
            layer.id_given = id.has_default || id.is_computed;
            layer.versioned = types.contains("part_id");
            layer.id_type = id.field_type().value_or(gis::FieldType::Text);
            if (layer.has_geometry()) {
                const auto crs = gis::crs_from_epsg(row["srid"].is_null() ? 0 : row["srid"].as<int>());
                if (!crs) continue;
                layer.crs = *crs;
                layer.geometry_required = types[layer.geometry_column].not_null;
            }
            for (const auto& field : run(transaction, fields_sql, layer.id)) {
                const auto column = types.find(field["name"].c_str());
                if (column != types.end()) layer.fields.push_back(read_field(field, column->second));
            }
            layers.push_back(std::move(layer));
        }
        return gis::Catalog(std::move(layers));
    });
}

void refresh_extent(const std::string& dsn, const std::string& name) {
    in_transaction(dsn, [&](pqxx::work& transaction) {
        const auto rows =
            run(transaction,
                "select table_schema, table_name, geometry_column, srid from catalogue.layer where name = $1", name);
        if (rows.empty() || rows[0][2].is_null()) return;
        transaction.exec(
            fmt::format("with box as (select st_transform(st_segmentize(st_setsrid(st_extent({0})::geometry, {1}), "
                        "5000), 4326) as g from {2}.{3}) "
                        "update catalogue.layer set extent = (select array[st_xmin(g), st_ymin(g), st_xmax(g), "
                        "st_ymax(g)] from box where g is not null) "
                        "where name = {4}",
                        transaction.quote_name(rows[0][2].c_str()), rows[0][3].as<int>(),
                        transaction.quote_name(rows[0][0].c_str()), transaction.quote_name(rows[0][1].c_str()),
                        transaction.quote(name)));
    });
}

std::string stored_setting(const std::string& dsn, const std::string& name, const std::string& value_if_absent) {
    return in_transaction(dsn, [&](pqxx::work& transaction) {
        run(transaction, "insert into catalogue.setting (name, value) values ($1, $2) on conflict do nothing", name,
            value_if_absent);
        return std::string(run(transaction, "select value from catalogue.setting where name = $1", name)[0][0].c_str());
    });
}

}  // namespace db
