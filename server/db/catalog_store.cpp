#include "server/db/catalog_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <climits>
#include <cmath>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "server/db/layer_access.hpp"
#include "server/db/pqxx_session.hpp"

namespace db {

using nlohmann::json;

namespace {

std::string text_or_empty(const pqxx::field& field) {
    return field.is_null() ? std::string() : std::string(field.c_str());
}

/// The field type for a PostgreSQL type name as format_type writes it; nothing for geometry and other shapes.
std::optional<gis::FieldType> field_type_of(const std::string& sql_type) {
    static const std::map<std::string, gis::FieldType, std::less<>> types{
        {"smallint", gis::FieldType::Integer},
        {"integer", gis::FieldType::Integer},
        {"bigint", gis::FieldType::Integer},
        {"real", gis::FieldType::Number},
        {"double precision", gis::FieldType::Number},
        {"numeric", gis::FieldType::Number},
        {"boolean", gis::FieldType::Boolean},
        {"date", gis::FieldType::Date},
        {"text", gis::FieldType::Text},
        {"uuid", gis::FieldType::Text},
        {"character varying", gis::FieldType::Text},
        {"character", gis::FieldType::Text},
        {"timestamp with time zone", gis::FieldType::DateTime},
        {"timestamp without time zone", gis::FieldType::DateTime}};
    const std::string base = sql_type.substr(0, sql_type.find('('));
    const auto found = types.find(base);
    return found == types.end() ? std::nullopt : std::optional(found->second);
}

struct Column {
    std::string name;
    std::string sql_type;
    bool not_null = false;
    bool has_default = false;
    bool is_computed = false;         ///< generated, or an identity nobody else may give
    std::optional<int> max_length{};  ///< of varchar(n)
    std::optional<double> maximum{};  ///< of numeric(p, s)
};

std::vector<Column> columns_of(pqxx::work& transaction, const std::string& schema, const std::string& table) {
    std::vector<Column> columns;
    for (const auto& row :
         run(transaction,
             "select a.attname, format_type(a.atttypid, null), a.attnotnull, "
             "a.atthasdef or a.attidentity <> '', a.attgenerated <> '' or a.attidentity = 'a', "
             "case when a.atttypid in ('varchar'::regtype, 'bpchar'::regtype) and a.atttypmod > 4 "
             "then a.atttypmod - 4 end, "
             "case when a.atttypid = 'numeric'::regtype and a.atttypmod > 4 then "
             "power(10::float8, (((a.atttypmod - 4) >> 16) & 65535) - ((a.atttypmod - 4) & 2047)) end "
             "from pg_attribute a "
             "where a.attrelid = to_regclass(format('%I.%I', $1::text, $2::text)) and a.attnum > 0 "
             "and not a.attisdropped order by a.attnum",
             schema, table)) {
        Column column{row[0].c_str(), row[1].c_str(), row[2].as<bool>(), row[3].as<bool>(), row[4].as<bool>()};
        if (!row[5].is_null()) column.max_length = row[5].as<int>();
        // Below 10^(p-s); what rounds up to it is the database's to refuse.
        if (!row[6].is_null()) column.maximum = std::nextafter(row[6].as<double>(), 0);
        columns.push_back(std::move(column));
    }
    return columns;
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
    layer.min_zoom = row["min_zoom"].as<int>();
    layer.max_zoom = row["max_zoom"].as<int>();
    layer.sort_order = row["sort_order"].as<int>();
    layer.visible = row["visible"].as<bool>();
    layer.published = row["published"].as<bool>();
    layer.fictive = row["fictive"].as<bool>();
    layer.tracked = row["tracked"].as<bool>();
    layer.editable = layer.tracked && row["is_table"].as<bool>();
    layer.has_z = row["has_z"].as<bool>();
    layer.tiles_by_sql = std::string_view(row["tiles"].c_str()) == "sql";
    layer.licence = row["licence"].c_str();
    layer.attribution = row["attribution"].c_str();
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
    "v.vintage, coalesce(t.relkind not in ('r', 'p'), false) as is_view, coalesce(t.relkind in ('r', 'p'), false) as "
    "is_table, coalesce((select postgis_typmod_dims(a.atttypmod) > 2 from pg_attribute a where a.attrelid = t.oid and "
    "a.attname = l.geometry_column and a.atttypmod >= 0), false) as has_z from catalogue.layer l "
    "left join pg_class t on t.oid = to_regclass(format('%I.%I', l.table_schema, l.table_name)) left join lateral ("
    "  select max(vintage) as vintage, max(published_at) as published_at from catalogue.version "
    "  where target = l.table_schema || '.' || l.table_name and state = 'published') v on true "
    "where (l.published or $1) order by l.sort_order, l.name";

bool text_is_true(const std::string& text) {
    return text == "true" || text == "1" || text == "oui" || text == "yes";
}

bool text_is_false(const std::string& text) {
    return text == "false" || text == "0" || text == "non" || text == "no";
}

std::string string_of(const json& document, const char* key, const std::string& fallback = "") {
    const auto found = document.find(key);
    if (found == document.end() || found->is_null()) return fallback;
    if (!found->is_string()) throw gis::InvalidRequest(key, "a text is expected");
    return found->get<std::string>();
}

template <typename T>
T value_of(const json& document, const char* key, T fallback) {
    const auto found = document.find(key);
    if (found == document.end() || found->is_null()) return fallback;
    try {
        return found->get<T>();
    } catch (const json::exception&) {
        throw gis::InvalidRequest(key, "unexpected type of value: " + found->dump());
    }
}

std::optional<std::string> optional_text(std::string text) {
    return text.empty() ? std::nullopt : std::optional(std::move(text));
}

struct Table {
    std::string schema;
    std::string name;
    char kind = 'r';  // pg_class.relkind
};

Table find_table(pqxx::work& transaction, const std::string& text) {
    const auto dot = text.find('.');
    Table table{dot == std::string::npos ? "public" : text.substr(0, dot),
                text.substr(dot == std::string::npos ? 0 : dot + 1)};
    const auto rows = run(transaction,
                          "select c.relkind::text from pg_class c join pg_namespace n on n.oid = c.relnamespace "
                          "where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')",
                          table.schema, table.name);
    if (rows.empty())
        throw gis::NotFound(fmt::format("table: there is no table or view {}.{}", table.schema, table.name));
    table.kind = rows[0][0].c_str()[0];
    return table;
}

/// The primary key's only column, part_id aside; empty when there is none.
std::string primary_key(pqxx::work& transaction, const Table& table) {
    const auto rows = run(
        transaction,
        "select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey) "
        "where i.indrelid = to_regclass(format('%I.%I', $1::text, $2::text)) and i.indisprimary "
        "and a.attname <> 'part_id'",
        table.schema, table.name);
    return rows.size() == 1 ? std::string(rows[0][0].c_str()) : std::string();
}

void require_unique(pqxx::work& transaction, const Table& table, const std::string& id_column) {
    const std::string id = transaction.quote_name(id_column);
    const auto row =
        transaction.exec(fmt::format("select count(*) = count(distinct {0}), count(*) = count({0}) from {1}.{2}", id,
                                     transaction.quote_name(table.schema), transaction.quote_name(table.name)))[0];
    if (!row[0].as<bool>() || !row[1].as<bool>()) {
        throw gis::InvalidRequest("id_column",
                                  fmt::format("the values of {} must be unique and never null", id_column));
    }
}

struct GeometryColumn {
    std::string name, type;
    int srid = 0;
};

GeometryColumn find_geometry(pqxx::work& transaction, const Table& table, const std::string& wanted) {
    for (const auto& row : run(transaction,
                               "select f_geometry_column, type, srid from geometry_columns "
                               "where f_table_schema = $1 and f_table_name = $2",
                               table.schema, table.name)) {
        if (wanted.empty() || wanted == row[0].c_str()) return {row[0].c_str(), row[1].c_str(), row[2].as<int>()};
    }
    if (!wanted.empty())
        throw gis::InvalidRequest("geometry_column", fmt::format("the table has no geometry column '{}'", wanted));
    return {};
}

std::string default_name(const std::string& table_name) {
    std::string name;
    for (const char c : table_name) name += (c >= 'A' && c <= 'Z') ? static_cast<char>(c + 32) : c;
    return name;
}

bool has_column(const std::vector<Column>& columns, const std::string& name) {
    return std::any_of(columns.begin(), columns.end(), [&](const Column& column) { return column.name == name; });
}

bool is_time(const std::vector<Column>& columns, const std::string& name) {
    const auto column = std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return c.name == name; });
    const auto type = column == columns.end() ? std::nullopt : field_type_of(column->sql_type);
    return type == gis::FieldType::Date || type == gis::FieldType::DateTime;
}

/// Throws when `key` ("label_field", "datetime_column" ...) names a column that cannot serve it.
void require_column(const std::vector<Column>& columns, const char* key, const std::string& name) {
    if (name.empty()) return;
    if (!has_column(columns, name)) throw gis::InvalidRequest(key, fmt::format("the table has no column '{}'", name));
    if (std::string_view(key) == "datetime_column" && !is_time(columns, name))
        throw gis::InvalidRequest(key, fmt::format("the column '{}' holds neither dates nor times", name));
}

/// The policy is on the table: two layers of one table would show each other's rows.
void require_unpublished(pqxx::work& transaction, const Table& table, const std::string& name) {
    const auto other =
        run(transaction, "select name from catalogue.layer where table_schema = $1 and table_name = $2 and name <> $3",
            table.schema, table.name, name);
    if (!other.empty()) {
        throw gis::InvalidRequest(
            "table", fmt::format("{}.{} is published as '{}' already: make a view of it and publish the view",
                                 table.schema, table.name, other[0][0].c_str()));
    }
}

constexpr const char* column_keys[] = {"label_field", "commune_column", "datetime_column", "coverage_column"};

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
    if (document.contains("style") && !document["style"].is_array())
        throw gis::InvalidRequest("style", "an array of MapLibre layers is expected");
    if (document.contains("fields") && !document["fields"].is_array())
        throw gis::InvalidRequest("fields", "an array is expected");
}

/// What a declaration says about the editing of a field.
struct EditRules {
    std::optional<bool> required;
    bool editable = true;
    std::optional<std::string> codes;
    std::optional<int> max_length;
    std::optional<double> minimum, maximum;
};

template <typename T>
std::optional<T> optional_of(const json& document, const char* key) {
    const auto found = document.find(key);
    if (found == document.end() || found->is_null()) return std::nullopt;
    return value_of(document, key, T{});
}

/// [{"value": "banc", "label": "Banc"}, ...] or ["banc", ...]; values of numbers may be numbers.
std::string checked_codes(const json& codes, const std::string& field, gis::FieldType type) {
    const auto refuse = [&] {
        throw gis::InvalidRequest(
            "fields", fmt::format(R"('{}': codes must be a list of {{"value": "banc", "label": "Banc"}})", field));
    };
    if (!codes.is_array() || codes.empty()) refuse();
    if (type != gis::FieldType::Text && type != gis::FieldType::Integer)
        throw gis::InvalidRequest("fields", fmt::format("'{}': codes need a field of texts or whole numbers", field));
    json checked = json::array();
    std::set<std::string> seen;
    for (const json& code : codes) {
        const json value = code.is_object() ? code.value("value", json()) : code;
        if (!value.is_string() && !value.is_number_integer()) refuse();
        const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
        const std::string label = code.is_object() ? string_of(code, "label", text) : text;
        if (!seen.insert(text).second) refuse();
        checked.push_back({{"value", text}, {"label", label}});
    }
    return checked.dump();
}

EditRules edit_rules(const json& field, const std::string& name, gis::FieldType type) {
    EditRules rules{optional_of<bool>(field, "required"),
                    value_of(field, "editable", true),
                    std::nullopt,
                    optional_of<int>(field, "max_length"),
                    optional_of<double>(field, "minimum"),
                    optional_of<double>(field, "maximum")};
    if (field.contains("codes") && !field["codes"].is_null()) rules.codes = checked_codes(field["codes"], name, type);
    if (rules.max_length && *rules.max_length < 1)
        throw gis::InvalidRequest("fields", fmt::format("'{}': max_length must be at least 1", name));
    return rules;
}

void insert_fields(pqxx::work& transaction, int layer_id, const json& document, const std::vector<Column>& columns,
                   const std::set<std::string>& hidden) {
    run(transaction, "delete from catalogue.field where layer_id = $1", layer_id);
    int ordinal = 0;
    const auto insert = [&](const std::string& name, const std::string& title, const std::string& type,
                            const std::string& description, int tile_min_zoom, const EditRules& rules) {
        run(transaction,
            "insert into catalogue.field (layer_id, name, title, type, description, ordinal, tile_min_zoom, required, "
            "editable, codes, max_length, minimum, maximum) "
            "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12, $13)",
            layer_id, name, title, type, description, ++ordinal, tile_min_zoom, rules.required, rules.editable,
            rules.codes, rules.max_length, rules.minimum, rules.maximum);
    };
    if (!document.contains("fields")) {
        for (const Column& column : columns) {
            const auto type = field_type_of(column.sql_type);
            if (type && !hidden.contains(column.name))
                insert(column.name, column.name, std::string(gis::to_string(*type)), "", 0, {});
        }
        return;
    }
    std::set<std::string> seen;
    for (const json& field : document.at("fields")) {
        if (!field.is_object()) throw gis::InvalidRequest("fields", "objects with at least a name are expected");
        const std::string name = string_of(field, "name");
        if (!seen.insert(name).second) throw gis::InvalidRequest("fields", fmt::format("'{}' is there twice", name));
        const auto column =
            std::find_if(columns.begin(), columns.end(), [&](const Column& c) { return c.name == name; });
        if (column == columns.end())
            throw gis::InvalidRequest("fields", fmt::format("the table has no column '{}'", name));
        const auto natural = field_type_of(column->sql_type);
        const std::string type =
            string_of(field, "type", std::string(gis::to_string(natural.value_or(gis::FieldType::Text))));
        try {
            gis::parse_field_type(type);
        } catch (const gis::InvalidRequest& wrong) {
            throw gis::InvalidRequest("fields", fmt::format("'{}': {}", name, wrong.what()));
        }
        insert(name, string_of(field, "title", name), type, string_of(field, "description"),
               value_of(field, "tile_min_zoom", 0), edit_rules(field, name, gis::parse_field_type(type)));
    }
}

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
            for (std::string* column :
                 {&layer.label_field, &layer.commune_column, &layer.datetime_column, &layer.coverage_column}) {
                if (!types.contains(*column)) column->clear();
            }
            const Column& id = types[layer.id_column];
            layer.id_sql_type = id.sql_type;
            layer.id_given = id.has_default || id.is_computed;
            layer.versioned = types.contains("part_id");
            layer.id_type = field_type_of(layer.id_sql_type).value_or(gis::FieldType::Text);
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

std::string declare_layer(const std::string& dsn, std::string_view text) {
    const json document = json::parse(text, nullptr, false);
    if (!document.is_object()) throw gis::InvalidRequest("declaration", "a JSON object is expected");
    std::string name;
    in_transaction(dsn, [&](pqxx::work& transaction) {
        const Table table = find_table(transaction, string_of(document, "table"));
        name = string_of(document, "name", default_name(table.name));
        require_sound(document, name);
        const bool is_view = table.kind == 'v' || table.kind == 'm' || table.kind == 'f';
        const auto columns = columns_of(transaction, table.schema, table.name);
        const std::string id_column = string_of(document, "id_column", primary_key(transaction, table));
        if (id_column.empty())
            throw gis::InvalidRequest(
                "id_column",
                fmt::format("{}.{} has no primary key of one column: name the column that identifies a feature (--id)",
                            table.schema, table.name));
        if (!has_column(columns, id_column))
            throw gis::InvalidRequest("id_column", fmt::format("the table has no column '{}'", id_column));
        require_unique(transaction, table, id_column);
        const GeometryColumn geometry = find_geometry(transaction, table, string_of(document, "geometry_column"));
        const int srid = value_of(document, "srid", geometry.srid);
        if (!geometry.name.empty() && !gis::crs_from_epsg(srid)) {
            throw gis::InvalidRequest(
                "srid",
                fmt::format("the geometry column {} has the CRS {}, which is no known EPSG code", geometry.name, srid));
        }
        for (const char* key : column_keys) require_column(columns, key, string_of(document, key));
        require_unpublished(transaction, table, name);
        remove_access(transaction, name);
        const auto rows = run(
            transaction,
            "insert into catalogue.layer (name, title, description, theme, table_schema, table_name, id_column, "
            "geometry_column, "
            "geometry_type, srid, label_field, commune_column, datetime_column, coverage_column, min_zoom, max_zoom, "
            "sort_order, "
            "visible, fictive, licence, attribution, style) "
            "values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22::jsonb) "
            "on conflict (name) do update set title = excluded.title, description = excluded.description, theme = "
            "excluded.theme, "
            "table_schema = excluded.table_schema, table_name = excluded.table_name, id_column = excluded.id_column, "
            "geometry_column = excluded.geometry_column, geometry_type = excluded.geometry_type, srid = excluded.srid, "
            "label_field = excluded.label_field, commune_column = excluded.commune_column, datetime_column = "
            "excluded.datetime_column, "
            "coverage_column = excluded.coverage_column, min_zoom = excluded.min_zoom, max_zoom = excluded.max_zoom, "
            "sort_order = excluded.sort_order, visible = excluded.visible, fictive = excluded.fictive, licence = "
            "excluded.licence, "
            "attribution = excluded.attribution, style = excluded.style, updated_at = now() returning layer_id",
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
            document.contains("style") ? document["style"].dump() : std::string("[]"));
        const int layer_id = rows[0][0].as<int>();
        insert_fields(transaction, layer_id, document, columns, {geometry.name, "part_id"});
        declare_access(transaction, layer_id, document);
        if (!is_view) {
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

/// "field": {"name": "etat", "required": true, "codes": [...]}: a merge patch of what is declared of one field.
void set_field(const std::string& dsn, const std::string& layer_name, const std::string& value) {
    const json patch = json::parse(value, nullptr, false);
    if (!patch.is_object()) throw gis::InvalidRequest("field", "a JSON object with the name of a field is expected");
    const std::string name = string_of(patch, "name");
    in_transaction(dsn, [&](pqxx::work& transaction) {
        const auto rows = run(transaction,
                              "select to_jsonb(f) from catalogue.field f join catalogue.layer l using (layer_id) "
                              "where l.name = $1 and f.name = $2 for update of f",
                              layer_name, name);
        if (rows.empty()) throw gis::NotFound(fmt::format("there is no field '{}' in a layer '{}'", name, layer_name));
        json field = json::parse(rows[0][0].c_str());
        const int layer_id = field["layer_id"];
        for (const auto& [key, unused] : patch.items()) {
            if (!field.contains(key) || key == "layer_id" || key == "type" || key == "ordinal")
                throw gis::InvalidRequest("field", fmt::format("'{}' is no key of a field's declaration", key));
        }
        field.merge_patch(patch);
        for (const char* key : {"required", "codes", "max_length", "minimum", "maximum"}) {
            if (!field.contains(key)) field[key] = nullptr;  // a merge patch takes away what it sets to null
        }
        const EditRules rules = edit_rules(field, name, gis::parse_field_type(string_of(field, "type")));
        run(transaction,
            "update catalogue.field set title = $3, description = $4, tile_min_zoom = $5, required = $6, editable = "
            "$7, "
            "codes = $8::jsonb, max_length = $9, minimum = $10, maximum = $11 where layer_id = $1 and name = $2",
            layer_id, name, string_of(field, "title", name), string_of(field, "description"),
            value_of(field, "tile_min_zoom", 0), rules.required, rules.editable, rules.codes, rules.max_length,
            rules.minimum, rules.maximum);
    });
}

}  // namespace

void set_layer(const std::string& dsn, const std::string& name, const std::string& key, const std::string& value) {
    static const std::set<std::string, std::less<>> texts{
        "title",       "description",    "theme",           "licence",         "attribution",
        "label_field", "commune_column", "datetime_column", "coverage_column", "tiles"};
    static const std::set<std::string, std::less<>> numbers{"min_zoom", "max_zoom", "sort_order"};
    static const std::set<std::string, std::less<>> flags{"visible", "published", "fictive"};
    std::string cast;
    if (texts.contains(key)) cast = "text";
    if (numbers.contains(key)) cast = "integer";
    if (flags.contains(key)) cast = "boolean";
    if (key == "style") cast = "jsonb";
    if (key == "field") return set_field(dsn, name, value);
    if (cast.empty() && set_layer_access(dsn, name, key, value)) return;
    if (cast.empty()) {
        throw gis::InvalidRequest(
            key,
            "expected one of title, description, theme, licence, attribution, label_field, commune_column, "
            "datetime_column, coverage_column, min_zoom, max_zoom, sort_order, visible, published, fictive, style, "
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
            if (std::find(std::begin(column_keys), std::end(column_keys), key) != std::end(column_keys)) {
                require_column(columns_of(transaction, table[0][0].c_str(), table[0][1].c_str()), key.c_str(), value);
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
