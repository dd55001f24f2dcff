#include "server/db/source_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace db {

std::optional<gis::FieldType> Column::field_type() const {
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
    const auto found = types.find(sql_type.substr(0, sql_type.find('(')));
    return found == types.end() ? std::nullopt : std::optional(found->second);
}

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

SourceTable SourceTable::find(pqxx::work& transaction, const std::string& text) {
    const auto dot = text.find('.');
    SourceTable table;
    table.schema = dot == std::string::npos ? "public" : text.substr(0, dot);
    table.name = text.substr(dot == std::string::npos ? 0 : dot + 1);
    const auto rows =
        run(transaction,
            "select c.relkind in ('r', 'p') from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')",
            table.schema, table.name);
    if (rows.empty())
        throw gis::NotFound(fmt::format("table: there is no table or view {}.{}", table.schema, table.name));
    table.is_table = rows[0][0].as<bool>();
    table.columns = columns_of(transaction, table.schema, table.name);
    return table;
}

const Column* SourceTable::column(const std::string& wanted) const {
    const auto found = std::ranges::find(columns, wanted, &Column::name);
    return found == columns.end() ? nullptr : &*found;
}

void SourceTable::require_column(const std::string& key, const std::string& wanted) const {
    if (wanted.empty()) return;
    const Column* found = column(wanted);
    if (found == nullptr) throw gis::InvalidRequest(key, fmt::format("the table has no column '{}'", wanted));
    const auto type = found->field_type();
    if (key == "datetime_column" && type != gis::FieldType::Date && type != gis::FieldType::DateTime)
        throw gis::InvalidRequest(key, fmt::format("the column '{}' holds neither dates nor times", wanted));
}

std::string SourceTable::primary_key(pqxx::work& transaction) const {
    const auto rows = run(
        transaction,
        "select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey) "
        "where i.indrelid = to_regclass(format('%I.%I', $1::text, $2::text)) and i.indisprimary "
        "and a.attname <> 'part_id'",
        schema, name);
    return rows.size() == 1 ? std::string(rows[0][0].c_str()) : std::string();
}

void SourceTable::require_unique(pqxx::work& transaction, const std::string& id_column) const {
    const auto row = transaction.exec(fmt::format(
        "select count(*) = count(distinct {0}), count(*) = count({0}) from {1}.{2}", transaction.quote_name(id_column),
        transaction.quote_name(schema), transaction.quote_name(name)))[0];
    if (!row[0].as<bool>() || !row[1].as<bool>())
        throw gis::InvalidRequest("id_column",
                                  fmt::format("the values of {} must be unique and never null", id_column));
}

SourceTable::GeometryColumn SourceTable::geometry(pqxx::work& transaction, const std::string& wanted) const {
    for (const auto& row : run(transaction,
                               "select f_geometry_column, type, srid from geometry_columns "
                               "where f_table_schema = $1 and f_table_name = $2",
                               schema, name)) {
        if (wanted.empty() || wanted == row[0].c_str()) return {row[0].c_str(), row[1].c_str(), row[2].as<int>()};
    }
    if (!wanted.empty())
        throw gis::InvalidRequest("geometry_column", fmt::format("the table has no geometry column '{}'", wanted));
    return {};
}

}  // namespace db
