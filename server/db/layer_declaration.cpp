#include "server/db/layer_declaration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "server/db/catalog_store.hpp"
#include "server/db/declaration_value.hpp"
#include "server/db/field_declaration.hpp"
#include "server/db/layer_access.hpp"
#include "server/db/source_table.hpp"

namespace db {

using nlohmann::json;

namespace {

bool text_is_true(const std::string& text) {
    return text == "true" || text == "1" || text == "oui" || text == "yes";
}

bool text_is_false(const std::string& text) {
    return text == "false" || text == "0" || text == "non" || text == "no";
}

std::optional<std::string> optional_text(std::string text) {
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

std::string default_name(const std::string& table_name) {
    std::string name;
    for (const char c : table_name) name += (c >= 'A' && c <= 'Z') ? static_cast<char>(c + 32) : c;
    return name;
}

/// The policy is on the table: two layers of one table would show each other's rows.
void require_unpublished(pqxx::work& transaction, const SourceTable& table, const std::string& name) {
    const auto other =
        run(transaction, "select name from catalogue.layer where table_schema = $1 and table_name = $2 and name <> $3",
            table.schema, table.name, name);
    if (!other.empty()) {
        throw gis::InvalidRequest(
            "table", fmt::format("{}.{} is published as '{}' already: make a view of it and publish the view",
                                 table.schema, table.name, other[0][0].c_str()));
    }
}

constexpr const char* column_keys[] = {"label_field",     "commune_column", "datetime_column",
                                       "coverage_column", "picture_column", "raster_column"};

/// What the table's own checks would refuse without naming the key.
void require_sound(const json& document, const std::string& name) {
    static const std::regex name_form("[a-z][a-z0-9_]{0,62}");
    if (!std::regex_match(name, name_form)) {
        throw gis::InvalidRequest(
            "name", fmt::format("small letters, digits and _ expected, a letter first, at most 63; got '{}'", name));
    }
    if (string_of(document, "title", name).empty()) throw gis::InvalidRequest("title", "must not be empty");
    const std::string type = string_of(document, "geometry_type");
    const bool any = type.empty() || type == "Geometry" || type == "GEOMETRY" || type == "geometry";
    if (!any && gis::parse_geometry_type(type) == gis::GeometryType::Any)
        throw gis::InvalidRequest("geometry_type", fmt::format("Point, LineString, Polygon, their Multi forms or "
                                                               "Geometry expected, got '{}'",
                                                               type));
    const int min_zoom = value_of(document, "min_zoom", 0);
    const int max_zoom = value_of(document, "max_zoom", 16);
    if (min_zoom < 0 || min_zoom > 22) throw gis::InvalidRequest("min_zoom", "0 to 22 expected");
    if (max_zoom < 0 || max_zoom > 22) throw gis::InvalidRequest("max_zoom", "0 to 22 expected");
    if (min_zoom > max_zoom) throw gis::InvalidRequest("min_zoom", fmt::format("is above max_zoom, {}", max_zoom));
    const int merge_zoom = value_of(document, "merge_zoom", 0);
    if (merge_zoom < 0 || merge_zoom > 22) throw gis::InvalidRequest("merge_zoom", "0 to 22 expected");
    if (document.contains("style") && !document["style"].is_array())
        throw gis::InvalidRequest("style", "an array of MapLibre layers is expected");
    if (document.contains("fields") && !document["fields"].is_array())
        throw gis::InvalidRequest("fields", "an array is expected");
}

/// What records say beyond the rest. Keys that a declaration does not have stay as they are: people may have set them.
void describe(pqxx::work& transaction, int layer_id, const json& document) {
    for (const char* key : {"contact", "lineage", "access_limits"}) {
        if (document.contains(key))
            run(transaction, fmt::format("update catalogue.layer set {} = $2 where layer_id = $1", key), layer_id,
                string_of(document, key));
    }
    if (!document.contains("keywords")) return;
    const json& keywords = document["keywords"];
    const bool good =
        keywords.is_array() && std::ranges::all_of(keywords, [](const json& word) { return word.is_string(); });
    if (!good) throw gis::InvalidRequest("keywords", "an array of texts is expected");
    run(transaction,
        "update catalogue.layer set keywords = array(select jsonb_array_elements_text($2::jsonb)) where layer_id = $1",
        layer_id, keywords.dump());
}

/// "cadastre, parcelles" as a JSON array.
json words_between_commas(const std::string& text) {
    json words = json::array();
    std::istringstream stream(text);
    for (std::string word; std::getline(stream, word, ',');) {
        const auto first = word.find_first_not_of(' ');
        if (first != std::string::npos) words.push_back(word.substr(first, word.find_last_not_of(' ') - first + 1));
    }
    return words;
}

void require_mission_role(const SourceTable& table, const std::string& role) {
    if (role.empty() || role == "mission") return;
    if (role != "drone" && role != "levé")
        throw gis::InvalidRequest("mission_role", fmt::format("mission, drone or levé expected, got '{}'", role));
    for (const char* column : {"mission", "mission_id"}) table.require_column("mission_role", column);
}

}  // namespace

std::string declare_layer(const std::string& dsn, std::string_view text) {
    const json document = json::parse(text, nullptr, false);
    if (!document.is_object()) throw gis::InvalidRequest("declaration", "a JSON object is expected");
    std::string name;
    in_transaction(dsn, [&](pqxx::work& transaction) {
        const SourceTable table = SourceTable::find(transaction, string_of(document, "table"));
        name = string_of(document, "name", default_name(table.name));
        require_sound(document, name);
        const std::string id_column = string_of(document, "id_column", table.primary_key(transaction));
        if (id_column.empty())
            throw gis::InvalidRequest(
                "id_column",
                fmt::format("{}.{} has no primary key of one column: name the column that identifies a feature (--id)",
                            table.schema, table.name));
        table.require_column("id_column", id_column);
        table.require_unique(transaction, id_column);
        const auto geometry = table.geometry(transaction, string_of(document, "geometry_column"));
        const int srid = value_of(document, "srid", geometry.srid);
        if (!geometry.name.empty() && !gis::crs_from_epsg(srid)) {
            throw gis::InvalidRequest(
                "srid",
                fmt::format("the geometry column {} has the CRS {}, which is no known EPSG code", geometry.name, srid));
        }
        for (const char* key : column_keys) table.require_column(key, string_of(document, key));
        const std::string mission_role = string_of(document, "mission_role");
        require_mission_role(table, mission_role);
        require_unpublished(transaction, table, name);
        remove_access(transaction, name);
        const auto rows = run(
            transaction,
            "insert into catalogue.layer (name, title, description, theme, table_schema, table_name, id_column, "
            "geometry_column, "
            "geometry_type, srid, label_field, commune_column, datetime_column, coverage_column, min_zoom, max_zoom, "
            "sort_order, "
            "visible, fictive, licence, attribution, style, picture_column, raster_column, mission_role, time_slider, "
            "merge_zoom) "
            "values "
            "($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22::jsonb,$23,$24,$25,$26,$"
            "27) "
            "on conflict (name) do update set title = excluded.title, description = excluded.description, theme = "
            "excluded.theme, "
            "table_schema = excluded.table_schema, table_name = excluded.table_name, id_column = excluded.id_column, "
            "geometry_column = excluded.geometry_column, geometry_type = excluded.geometry_type, srid = excluded.srid, "
            "label_field = excluded.label_field, commune_column = excluded.commune_column, datetime_column = "
            "excluded.datetime_column, "
            "coverage_column = excluded.coverage_column, min_zoom = excluded.min_zoom, max_zoom = excluded.max_zoom, "
            "sort_order = excluded.sort_order, visible = excluded.visible, fictive = excluded.fictive, licence = "
            "excluded.licence, "
            "attribution = excluded.attribution, style = excluded.style, picture_column = excluded.picture_column, "
            "raster_column = excluded.raster_column, mission_role = excluded.mission_role, time_slider = "
            "excluded.time_slider, merge_zoom = excluded.merge_zoom, "
            "updated_at = now() returning layer_id",
            name, string_of(document, "title", name), string_of(document, "description"),
            string_of(document, "theme", "autre"), table.schema, table.name, id_column, optional_text(geometry.name),
            optional_text(string_of(document, "geometry_type", geometry.type)),
            geometry.name.empty() ? std::optional<int>() : std::optional<int>(srid),
            optional_text(string_of(document, "label_field")), optional_text(string_of(document, "commune_column")),
            optional_text(string_of(document, "datetime_column")),
            optional_text(string_of(document, "coverage_column")), value_of(document, "min_zoom", 0),
            value_of(document, "max_zoom", 16), value_of(document, "sort_order", 500),
            value_of(document, "visible", true), value_of(document, "fictive", false), string_of(document, "licence"),
            string_of(document, "attribution"),
            document.contains("style") ? document["style"].dump() : std::string("[]"),
            optional_text(string_of(document, "picture_column")), optional_text(string_of(document, "raster_column")),
            optional_text(mission_role), value_of(document, "time_slider", false), value_of(document, "merge_zoom", 0));
        const int layer_id = rows[0][0].as<int>();
        replace_fields(
            transaction, layer_id,
            declared_fields(document, table, {geometry.name, "part_id", string_of(document, "raster_column")}));
        declare_access(transaction, layer_id, document);
        describe(transaction, layer_id, document);
        run(transaction, "select capture.follow_missions($1)", layer_id);
        if (table.is_table) {
            run(transaction, "select catalogue.track_layer(l, $2) from catalogue.layer l where layer_id = $1", layer_id,
                value_of(document, "tracked", true));
        }
    });
    refresh_extent(dsn, name);
    return name;
}

namespace {

/// "public" and its like: the value is JSON, or a text.
bool set_layer_access(const std::string& dsn, const std::string& name, const std::string& key,
                      const std::string& value) {
    json parsed = json::parse(value, nullptr, false);
    if (text_is_true(value) || text_is_false(value)) parsed = text_is_true(value);
    if (parsed.is_discarded()) parsed = value;
    return in_transaction(dsn, [&](pqxx::work& transaction) {
        const auto rows = run(transaction, "select layer_id from catalogue.layer where name = $1", name);
        if (rows.empty()) throw gis::NotFound(fmt::format("there is no layer '{}'", name));
        const int layer_id = rows[0][0].as<int>();
        if (!set_access(transaction, layer_id, key, parsed)) return false;
        install_access(transaction, layer_id);
        return true;
    });
}

}  // namespace

void set_layer(const std::string& dsn, const std::string& name, const std::string& key, const std::string& value) {
    static const std::set<std::string, std::less<>> texts{
        "title",   "description",   "theme",          "licence",         "attribution",     "label_field",    "contact",
        "lineage", "access_limits", "commune_column", "datetime_column", "coverage_column", "picture_column", "tiles"};
    static const std::set<std::string, std::less<>> numbers{"min_zoom", "max_zoom", "merge_zoom", "sort_order"};
    static const std::set<std::string, std::less<>> flags{"visible", "published", "fictive", "time_slider"};
    std::string cast;
    if (texts.contains(key)) cast = "text";
    if (numbers.contains(key)) cast = "integer";
    if (flags.contains(key)) cast = "boolean";
    if (key == "style") cast = "jsonb";
    if (key == "field") {
        return in_transaction(
            dsn, [&](pqxx::work& transaction) { patch_field(transaction, name, json::parse(value, nullptr, false)); });
    }
    if (key == "keywords") {
        return in_transaction(dsn, [&](pqxx::work& transaction) {
            const auto rows = run(transaction, "select layer_id from catalogue.layer where name = $1", name);
            if (rows.empty()) throw gis::NotFound(fmt::format("there is no layer '{}'", name));
            describe(transaction, rows[0][0].as<int>(), {{"keywords", words_between_commas(value)}});
        });
    }
    if (cast.empty() && set_layer_access(dsn, name, key, value)) return;
    if (cast.empty()) {
        throw gis::InvalidRequest(
            key,
            "expected one of title, description, theme, licence, attribution, contact, lineage, access_limits, "
            "keywords, "
            "label_field, commune_column, "
            "datetime_column, coverage_column, picture_column, min_zoom, max_zoom, merge_zoom, sort_order, visible, "
            "published, fictive, time_slider, style, "
            "tiles, "
            "public, "
            "services, commune_link, public_resolution, agent_resolution, public_hidden_fields, field");
    }
    if (cast == "boolean" && !text_is_true(value) && !text_is_false(value))
        throw gis::InvalidRequest(key, fmt::format("true or false expected, got '{}'", value));
    if (key == "style" && !json::parse(value, nullptr, false).is_array())
        throw gis::InvalidRequest(key, "a JSON array of MapLibre layers is expected");
    try {
        in_transaction(dsn, [&](pqxx::work& transaction) {
            const auto table =
                run(transaction, "select table_schema, table_name from catalogue.layer where name = $1", name);
            if (table.empty()) throw gis::NotFound(fmt::format("there is no layer '{}'", name));
            if (std::ranges::find(column_keys, key) != std::end(column_keys)) {
                const std::string schema = table[0][0].c_str();
                const std::string table_name = table[0][1].c_str();
                SourceTable{schema, table_name, true, columns_of(transaction, schema, table_name)}.require_column(
                    key, value);
            }
            const auto rows =
                run(transaction,
                    fmt::format("update catalogue.layer set {} = $2::text::{}, updated_at = now() where name = $1 "
                                "returning layer_id",
                                key, cast),
                    name, cast == "boolean" ? std::string(text_is_true(value) ? "true" : "false") : value);
            if (key == "commune_column") install_access(transaction, rows[0][0].as<int>());
        });
    } catch (const SqlError& error) {
        if (error.state().starts_with("22") || error.state().starts_with("23")) {
            throw gis::InvalidRequest(key, fmt::format("'{}' does not fit: {}", value, error.what()));
        }
        throw;
    }
}

void remove_layer(const std::string& dsn, const std::string& name) {
    in_transaction(dsn, [&](pqxx::work& transaction) {
        const auto found = run(transaction, "select layer_id from catalogue.layer where name = $1 for update", name);
        if (found.empty()) throw gis::NotFound(fmt::format("there is no layer '{}'", name));
        run(transaction,
            "select catalogue.track_layer(l, false) from catalogue.layer l join pg_class c on "
            "c.oid = to_regclass(format('%I.%I', l.table_schema, l.table_name)) and c.relkind in ('r', 'p') where "
            "l.name = $1",
            name);
        remove_access(transaction, name);
        run(transaction, "delete from catalogue.layer where name = $1", name);
    });
}

}  // namespace db
