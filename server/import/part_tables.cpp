#include "server/import/part_tables.hpp"

#include <fmt/format.h>

#include <atomic>
#include <future>

#include "gis/error.hpp"
#include "server/import/version_loader.hpp"

namespace importing {

using db::Connection;
using db::Parameter;
using db::Result;

namespace {

constexpr std::string_view unique_violation = "23505";

}  // namespace

Result query(Connection& connection, const std::string& sql, const std::vector<Parameter>& parameters) {
    return connection.query(sql, parameters);
}

std::pair<std::string, std::string> split_name(const std::string& target) {
    const auto dot = target.find('.');
    if (dot == std::string::npos)
        throw gis::InvalidRequest("table", fmt::format("schema.table expected, got '{}'", target));
    return {target.substr(0, dot), target.substr(dot + 1)};
}

std::string quoted(const Connection& connection, const std::string& target) {
    const auto [schema, table] = split_name(target);
    return connection.quote_identifier(schema) + "." + connection.quote_identifier(table);
}

std::vector<std::string> key_of(Connection& connection, const std::string& target) {
    const Result rows = query(connection,
                              "select a.attname::text from pg_index i join pg_attribute a on a.attrelid = i.indrelid "
                              "and a.attnum = any (i.indkey) "
                              "where i.indrelid = $1::regclass and i.indisprimary and a.attname <> 'part_id'",
                              {quoted(connection, target)});
    std::vector<std::string> key;
    for (int i = 0; i < rows.rows(); ++i) key.push_back(rows.text(i, 0));
    return key;
}

std::string columns_list(Connection& connection, const std::string& relation, const std::set<std::string>& without) {
    const Result rows = query(
        connection,
        "select attname::text from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped "
        "and attgenerated = '' order by attnum",
        {relation});
    std::string list;
    for (int i = 0; i < rows.rows(); ++i) {
        if (without.contains(rows.text(i, 0))) continue;
        list += (list.empty() ? "" : ", ") + connection.quote_identifier(rows.text(i, 0));
    }
    return list;
}

std::vector<std::string> numbered_columns(Connection& connection, const std::string& relation) {
    const Result rows =
        query(connection, "select attname::text from pg_attribute where attrelid = $1::regclass and attidentity <> ''",
              {relation});
    std::vector<std::string> names;
    for (int i = 0; i < rows.rows(); ++i) names.push_back(rows.text(i, 0));
    return names;
}

std::string make_part_table(Connection& connection, const std::string& target, int part_id) {
    const auto [schema, table] = split_name(target);
    std::string name = fmt::format("{}.{}", connection.quote_identifier(schema),
                                   connection.quote_identifier(fmt::format("{}_p{}", table, part_id)));
    connection.execute(fmt::format(
        "create table {} (like {} including defaults including generated including constraints including storage)",
        name, quoted(connection, target)));
    connection.execute(
        fmt::format("alter table {} alter part_id set default {}, add constraint part_is_this check (part_id = {})",
                    name, part_id, part_id));
    return name;
}

int insert_part(Connection& connection, int version_id, const std::optional<std::string>& coverage,
                std::optional<int> replaced_by) {
    return static_cast<int>(query(connection,
                                  "insert into catalogue.part (version_id, table_name, coverage, replaced_by) values "
                                  "($1::int, '', $2::text[], $3::int) returning part_id",
                                  {std::to_string(version_id), coverage,
                                   replaced_by ? Parameter(std::to_string(*replaced_by)) : Parameter()})
                                .int64(0, 0));
}

void name_part(Connection& connection, int part_id, const std::string& table) {
    query(connection, "update catalogue.part set table_name = $2 where part_id = $1::int",
          {std::to_string(part_id), table});
}

TableShape describe_table(Connection& connection, const std::string& target) {
    const auto [schema, table] = split_name(target);
    const Result columns =
        query(connection,
              "select a.attname::text, format_type(a.atttypid, null), a.attgenerated <> '' or a.attidentity = 'a', "
              "coalesce(postgis_typmod_srid(nullif(a.atttypmod, -1)), 0), c.relkind = 'p' "
              "from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace "
              "where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p') and a.attnum > 0 and not "
              "a.attisdropped order by a.attnum",
              {schema, table});
    if (columns.rows() == 0) throw gis::NotFound(fmt::format("there is no table {}", target));
    TableShape shape;
    for (int i = 0; i < columns.rows(); ++i) {
        const std::string name = columns.text(i, 0);
        const std::string type = columns.text(i, 1);
        if (type == "geometry") {
            shape.geometry_column = name;
            shape.srid = static_cast<int>(columns.int64(i, 3));
        } else if (name == "part_id") {
            shape.is_versioned = columns.boolean(i, 4);
        } else if (!columns.boolean(i, 2)) {
            shape.columns[name] = type;
        }
    }
    return shape;
}

NewPart create_part(Connection& connection, const std::string& target, const Source& source) {
    NewPart part;
    connection.execute("begin");
    part.version_id = static_cast<int>(query(connection,
                                             "insert into catalogue.version (target, vintage, source, source_sha256, "
                                             "state) values ($1, $2, $3, $4, 'loading') returning version_id",
                                             {target, source.vintage, source.name, source.sha256})
                                           .int64(0, 0));
    part.part_id = insert_part(connection, part.version_id, std::nullopt, std::nullopt);
    part.table = make_part_table(connection, target, part.part_id);
    name_part(connection, part.part_id, part.table);
    // Held by this session as long as it lives: tells discard_abandoned that somebody loads this version.
    query(connection, "select pg_advisory_lock($1::int, $2::int)",
          {std::to_string(loading_lock_space), std::to_string(part.version_id)});
    connection.execute("commit");
    return part;
}

std::string create_staging(Connection& connection, const std::string& target) {
    const auto [schema, table] = split_name(target);
    std::string name =
        fmt::format("{}.{}", connection.quote_identifier(schema),
                    connection.quote_identifier(
                        fmt::format("{}_staging_{}", table, query(connection, "select pg_backend_pid()").int64(0, 0))));
    connection.execute(fmt::format("drop table if exists {}", name));
    connection.execute(
        fmt::format("create unlogged table {} (like {} including defaults)", name, quoted(connection, target)));
    for (const std::string& numbered : numbered_columns(connection, quoted(connection, target)))
        connection.execute(fmt::format("alter table {} drop column {}", name, connection.quote_identifier(numbered)));
    return name;
}

std::vector<std::string> remove_duplicates(Connection& connection, const std::string& target, const std::string& part,
                                           std::int64_t& removed, std::size_t listed) {
    std::string key;
    for (const std::string& name : key_of(connection, target))
        key += (key.empty() ? "" : ", ") + connection.quote_identifier(name);
    const std::string first = key.substr(0, key.find(','));
    const Result gone = query(
        connection,
        fmt::format(
            "with ranked as (select ctid as row, row_number() over (partition by {0} order by ctid) as n from {1}) "
            "delete from {1} p using ranked where p.ctid = ranked.row and ranked.n > 1 returning p.{2}::text",
            key, part, first));
    removed = gone.rows();
    std::vector<std::string> ids;
    for (int i = 0; i < gone.rows() && ids.size() < listed; ++i) ids.push_back(gone.text(i, 0));
    return ids;
}

void add_primary_key(Connection& connection, const std::string& target, const std::string& part) {
    const Result key = query(connection,
                             "select pg_get_constraintdef(oid) from pg_constraint where conrelid = $1::regclass and "
                             "contype = 'p'",
                             {quoted(connection, target)});
    if (key.rows() > 0) connection.execute(fmt::format("alter table {} add {}", part, key.text(0, 0)));
}

bool index_part(std::span<Connection* const> connections, const std::string& target, const std::string& part) {
    Connection& first = *connections.front();
    // The spatial index first: it takes longest.
    const Result indexes = query(first,
                                 "select pg_get_indexdef(i.indexrelid), i.indisunique, i.indisprimary, "
                                 "quote_ident(left(p.relname, 58) || '_pkey') from pg_index i "
                                 "join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam "
                                 "join pg_class p on p.oid = $2::regclass where i.indrelid = $1::regclass "
                                 "order by a.amname <> 'gist', not i.indisprimary, i.indexrelid",
                                 {quoted(first, target), part});
    struct Index {
        std::string statement;
        bool is_key = false;
    };
    std::vector<Index> statements;
    std::string key;
    for (int i = 0; i < indexes.rows(); ++i) {
        const std::string definition = indexes.text(i, 0);
        const bool is_key = indexes.boolean(i, 2);
        if (is_key) key = indexes.text(i, 3);
        statements.push_back({fmt::format("create {}index {} on {} using {}", indexes.boolean(i, 1) ? "unique " : "",
                                          is_key ? key : "", part, definition.substr(definition.find(" USING ") + 7)),
                              is_key});
    }
    std::atomic<std::size_t> next{0};
    std::atomic<bool> ids_are_shared{false};
    const auto build = [&](Connection& connection) {
        for (std::size_t i = next++; i < statements.size(); i = next++) {
            try {
                connection.execute(statements[i].statement);
            } catch (const db::SqlError& error) {
                if (!statements[i].is_key || error.state() != unique_violation) throw;
                ids_are_shared = true;
            }
        }
    };
    std::vector<std::future<void>> helpers;  // last: they are waited for before what they use goes
    for (Connection* helper : connections.subspan(1))
        helpers.push_back(std::async(std::launch::async, [&build, helper] { build(*helper); }));
    build(first);
    for (std::future<void>& helper : helpers) helper.get();
    if (!key.empty() && !ids_are_shared)
        first.execute(fmt::format("alter table {} add primary key using index {}", part, key));
    // Half of the rows that PostgreSQL looks at by itself: boxes of geometries are slow to count, and 15,000 say
    // enough.
    first.execute("set default_statistics_target = 50");
    first.execute("analyze " + part);
    first.execute("reset default_statistics_target");
    return !ids_are_shared;
}

void create_versioned_table(Connection& connection, const std::string& target, const std::vector<NewColumn>& columns,
                            const std::string& id_column, const std::string& geometry_type, int srid) {
    const std::string name = quoted(connection, target);
    if (!query(connection, "select to_regclass($1)", {name}).is_null(0, 0))
        throw gis::Conflict(fmt::format("there is a table {} already", target));
    std::string list = "part_id integer not null default 0";
    for (const NewColumn& column : columns)
        list += fmt::format(", {} {}", connection.quote_identifier(column.name), column.sql_type);
    if (!geometry_type.empty()) list += fmt::format(", geom geometry({}, {})", geometry_type, srid);
    const std::string id = connection.quote_identifier(id_column);
    connection.execute("begin");
    connection.execute(
        fmt::format("create table {} ({}, primary key ({}, part_id)) partition by list (part_id)", name, list, id));
    query(connection, "select catalogue.make_versioned($1::regclass)", {name});
    if (!geometry_type.empty()) connection.execute(fmt::format("create index on {} using gist (geom)", name));
    connection.execute("commit");
}

}  // namespace importing
