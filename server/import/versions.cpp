#include "server/import/versions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "gis/error.hpp"
#include "server/import/version_loader.hpp"

namespace importing {

using db::Connection;
using db::Parameter;
using db::Result;

namespace {

constexpr long long publication_lock = 0x43617272'65617501;

struct LayerOfTable {
    int layer_id = 0;
    std::string name, coverage_column, geometry_column, id_column;
};

std::vector<LayerOfTable> layers_of(Connection& connection, const std::string& target) {
    const auto [schema, table] = split_name(target);
    const Result rows =
        query(connection,
              "select layer_id, name, coalesce(coverage_column, ''), coalesce(geometry_column, ''), id_column "
              "from catalogue.layer where table_schema = $1 and table_name = $2 order by layer_id",
              {schema, table});
    std::vector<LayerOfTable> layers;
    for (int i = 0; i < rows.rows(); ++i) {
        layers.push_back(
            {static_cast<int>(rows.int64(i, 0)), rows.text(i, 1), rows.text(i, 2), rows.text(i, 3), rows.text(i, 4)});
    }
    return layers;
}

std::string coverage_column_of(Connection& connection, const std::string& target) {
    for (const LayerOfTable& layer : layers_of(connection, target)) {
        if (!layer.coverage_column.empty()) return layer.coverage_column;
    }
    return "";
}

struct Part {
    int part_id = 0;
    int version_id = 0;
    std::string table;
    std::optional<std::string> coverage;  ///< text[] literal; nothing: the whole table
    bool attached = false;
};

Part read_part(const Result& rows, int i) {
    return {static_cast<int>(rows.int64(i, 0)), static_cast<int>(rows.int64(i, 1)), rows.text(i, 2),
            rows.is_null(i, 3) ? std::nullopt : std::optional(rows.text(i, 3)), rows.boolean(i, 4)};
}

constexpr auto part_columns = "select part_id, version_id, table_name, coverage::text, attached from catalogue.part ";

/// The values of the coverage column in a table, as a text[] literal; nothing when the table has no coverage column.
std::optional<std::string> coverage_of(Connection& connection, const std::string& table,
                                       const std::string& coverage_column) {
    if (coverage_column.empty()) return std::nullopt;
    return query(connection, fmt::format("select coalesce(array_agg(distinct {}::text), '{{}}')::text from {}",
                                         connection.quote_identifier(coverage_column), table))
        .text(0, 0);
}

/// The condition on rows of that coverage; empty: all rows.
std::string where_covered(const Connection& connection, const std::string& column,
                          const std::optional<std::string>& coverage) {
    if (!coverage) return "";
    return fmt::format(" where {} = any ({}::text[])", connection.quote_identifier(column),
                       connection.quote_literal(*coverage));
}

/// Moves rows out of an attached partition into a new table aside. `coverage` nothing: that of the rows that went.
void move_aside(Connection& connection, const std::string& target, const Part& from, const std::string& where,
                const std::string& column, const std::optional<std::string>& coverage, int version_id) {
    if (query(connection, fmt::format("select 1 from {}{} limit 1", from.table, where)).rows() == 0) return;
    const int part_id = insert_part(connection, from.version_id, coverage, version_id);
    const std::string table = make_part_table(connection, target, part_id);
    name_part(connection, part_id, table);
    const std::string columns = columns_list(connection, quoted(connection, target), {"part_id"});
    connection.execute(
        fmt::format("with gone as (delete from only {}{} returning {}) insert into {} ({}) select {} from gone",
                    from.table, where, columns, table, columns, columns));
    Connection* const here = &connection;
    index_part({&here, 1}, target, table);
    if (coverage || column.empty()) return;
    query(connection, "update catalogue.part set coverage = $2::text[] where part_id = $1::int",
          {std::to_string(part_id), coverage_of(connection, table, column)});
}

/// The version that rows written directly belong to once they go aside.
int version_of_edits(Connection& connection, const std::string& target) {
    return static_cast<int>(query(connection,
                                  "insert into catalogue.version (target, source, state) values ($1, "
                                  "'édition directe', 'retired') returning version_id",
                                  {target})
                                .int64(0, 0));
}

std::string table_of_edits(const Connection& connection, const std::string& target) {
    const auto [schema, table] = split_name(target);
    return connection.quote_identifier(schema) + "." + connection.quote_identifier(table + "_p0");
}

/// Rows that meet the condition go aside, out of every attached partition.
void retire_where(Connection& connection, const std::string& target, const std::string& column,
                  const std::string& where, int version_id) {
    const Result rows = query(connection,
                              std::string(part_columns) +
                                  "where attached and version_id in (select version_id from catalogue.version where "
                                  "target = $1) order by part_id",
                              {target});
    for (int i = 0; i < rows.rows(); ++i)
        move_aside(connection, target, read_part(rows, i), where, column, std::nullopt, version_id);
    const std::string direct = table_of_edits(connection, target);
    if (query(connection, fmt::format("select 1 from {}{} limit 1", direct, where)).rows() == 0) return;
    const Part edits{0, version_of_edits(connection, target), direct, std::nullopt, true};
    move_aside(connection, target, edits, where, column, std::nullopt, version_id);
}

void detach(Connection& connection, const std::string& target, const Part& part, int replaced_by) {
    connection.execute(fmt::format("alter table {} detach partition {}", quoted(connection, target), part.table));
    query(connection, "update catalogue.part set attached = false, replaced_by = $2::int where part_id = $1::int",
          {std::to_string(part.part_id), std::to_string(replaced_by)});
}

/// Everything attached that the new coverage replaces goes aside, whole or in part.
void retire_overlapping(Connection& connection, const std::string& target, const std::string& column,
                        const std::optional<std::string>& coverage, int version_id) {
    const Result rows = query(connection,
                              std::string(part_columns) +
                                  "where attached and version_id in (select version_id from catalogue.version where "
                                  "target = $1) order by part_id",
                              {target});
    for (int i = 0; i < rows.rows(); ++i) {
        const Part part = read_part(rows, i);
        const bool whole =
            !coverage ||
            (part.coverage &&
             query(connection, "select $1::text[] <@ $2::text[]", {*part.coverage, *coverage}).boolean(0, 0));
        if (whole) {
            detach(connection, target, part, version_id);
            continue;
        }
        const bool overlaps =
            !part.coverage ||
            query(connection, "select $1::text[] && $2::text[]", {*part.coverage, *coverage}).boolean(0, 0);
        if (!overlaps) continue;
        move_aside(connection, target, part, where_covered(connection, column, coverage), column, coverage, version_id);
        if (part.coverage) {
            query(connection,
                  "update catalogue.part set coverage = array(select unnest(coverage) except select "
                  "unnest($2::text[])) where part_id = $1::int",
                  {std::to_string(part.part_id), *coverage});
        }
    }
    // Rows written directly, outside any version, are replaced like the others.
    const std::string direct = table_of_edits(connection, target);
    const std::string where = where_covered(connection, column, coverage);
    if (query(connection, fmt::format("select 1 from {}{} limit 1", direct, where)).rows() != 0) {
        const Part edits{0, version_of_edits(connection, target), direct, std::nullopt, true};
        move_aside(connection, target, edits, where, column, coverage, version_id);
    }
}

void attach(Connection& connection, const std::string& target, int part_id) {
    const Result rows =
        query(connection, std::string(part_columns) + "where part_id = $1::int", {std::to_string(part_id)});
    const Part part = read_part(rows, 0);
    connection.execute(fmt::format("alter table {} attach partition {} for values in ({})", quoted(connection, target),
                                   part.table, part_id));
    query(connection, "update catalogue.part set attached = true, replaced_by = null where part_id = $1::int",
          {std::to_string(part_id)});
}

void update_states(Connection& connection, const std::string& target) {
    query(connection,
          "update catalogue.version v set state = case when exists (select from catalogue.part p where p.version_id = "
          "v.version_id and p.attached) "
          "then 'published' else 'retired' end where target = $1 and state not in ('loading', 'draft')",
          {target});
}

LayerOfTable layer_of(Connection& connection, const std::string& target) {
    const std::vector<LayerOfTable> layers = layers_of(connection, target);
    if (layers.empty()) throw gis::NotFound(fmt::format("no layer is made of {}", target));
    return layers.front();
}

void refuse_known_ids(Connection& connection, const std::string& target, const std::string& part) {
    const std::string id = connection.quote_identifier(layer_of(connection, target).id_column);
    const Result known =
        query(connection, fmt::format("select n.{0}::text from {1} n join {2} o on o.{0} = n.{0} limit 5", id, part,
                                      quoted(connection, target)));
    if (known.rows() == 0) return;
    std::string ids;
    for (int i = 0; i < known.rows(); ++i) ids += (ids.empty() ? "" : ", ") + known.text(i, 0);
    throw gis::Conflict(fmt::format("des objets de mêmes identifiants sont déjà publiés ({}) ; remplacez-les", ids));
}

/// What the new rows replace goes aside.
void make_room(Connection& connection, const Publication& publication, const Part& part, const std::string& column) {
    const std::string& target = publication.target;
    switch (publication.replace) {
        case Replace::Coverage:
            return retire_overlapping(connection, target, column, coverage_of(connection, part.table, column),
                                      publication.version_id);
        case Replace::Nothing:
            return refuse_known_ids(connection, target, part.table);
        case Replace::Keys: {
            const std::string id = connection.quote_identifier(layer_of(connection, target).id_column);
            return retire_where(connection, target, column,
                                fmt::format(" where {0} in (select {0} from {1})", id, part.table),
                                publication.version_id);
        }
        case Replace::Area: {
            const std::string name = layer_of(connection, target).geometry_column;
            if (name.empty()) throw gis::Conflict("une table sans géométrie ne se remplace pas par emprise");
            const std::string geometry = connection.quote_identifier(name);
            const std::string area =
                query(connection,
                      fmt::format("select st_asewkt(st_convexhull(st_collect({})), 15) from {}", geometry, part.table))
                    .text(0, 0);
            const std::string literal = connection.quote_literal(area) + "::geometry";
            return retire_where(connection, target, column,
                                fmt::format(" where {0} && {1} and st_intersects({0}, {1})", geometry, literal),
                                publication.version_id);
        }
    }
}

void publish_parts(Connection& connection, const Publication& publication) {
    const std::string column = coverage_column_of(connection, publication.target);
    for (const int part_id : publication.parts) {
        const Result rows =
            query(connection, std::string(part_columns) + "where part_id = $1::int", {std::to_string(part_id)});
        const Part part = read_part(rows, 0);
        const auto coverage = coverage_of(connection, part.table, column);
        query(connection, "update catalogue.part set coverage = $2::text[] where part_id = $1::int",
              {std::to_string(part_id), coverage});
        make_room(connection, publication, part, column);
        attach(connection, publication.target, part_id);
    }
    query(connection,
          "update catalogue.version set state = 'published', published_at = now(), feature_count = $2::bigint, "
          "replaces = $3 where version_id = $1::int",
          {std::to_string(publication.version_id), std::to_string(publication.rows), to_string(publication.replace)});
    update_states(connection, publication.target);
}

/// What tells the rows of a merged table apart: the primary key or, when the table numbers its rows itself, a unique
/// constraint over columns that came. Empty when there is none.
std::vector<std::string> merge_key(Connection& connection, const Publication& publication) {
    const Result rows = query(
        connection,
        "with staged as (select attname from pg_attribute where attrelid = $2::regclass and attnum > 0 and not "
        "attisdropped), chosen as (select i.indrelid, i.indkey from pg_index i where i.indrelid = $1::regclass and "
        "i.indisunique and i.indpred is null and i.indexprs is null and not exists (select from pg_attribute a "
        "where a.attrelid = i.indrelid and a.attnum = any (i.indkey) and a.attname not in (select attname from "
        "staged)) order by i.indisprimary desc, i.indexrelid limit 1) "
        "select a.attname::text from chosen c join pg_attribute a on a.attrelid = c.indrelid and a.attnum = any "
        "(c.indkey)",
        {quoted(connection, publication.target), publication.staging});
    std::vector<std::string> key;
    for (int i = 0; i < rows.rows(); ++i) key.push_back(rows.text(i, 0));
    return key;
}

/// Rows of the staging table replace those with the same key.
void merge_staging(Connection& connection, const Publication& publication) {
    const std::string columns = columns_list(connection, publication.staging);
    const auto key = merge_key(connection, publication);
    std::string action = "nothing";
    std::string keys;
    if (!key.empty()) {
        for (const std::string& name : key) keys += (keys.empty() ? "" : ", ") + connection.quote_identifier(name);
        const std::set<std::string> key_names(key.begin(), key.end());
        std::string sets;
        const Result names = query(connection,
                                   "select attname::text from pg_attribute where attrelid = $1::regclass and attnum > "
                                   "0 and not attisdropped order by attnum",
                                   {publication.staging});
        for (int i = 0; i < names.rows(); ++i) {
            if (key_names.contains(names.text(i, 0))) continue;
            const std::string name = connection.quote_identifier(names.text(i, 0));
            sets += fmt::format("{}{} = excluded.{}", sets.empty() ? "" : ", ", name, name);
        }
        action = sets.empty() ? "nothing" : fmt::format("update set {}", sets);
        if (!sets.empty()) action = fmt::format("({}) do {}", keys, action);
    }
    const std::string conflict = action == "nothing" ? "on conflict do nothing" : "on conflict " + action;
    // A key that came twice: the last one counts.
    const bool came = !keys.empty();
    const std::string distinct = came ? fmt::format("distinct on ({}) ", keys) : "";
    const std::string order = came ? fmt::format("order by {}, ctid desc ", keys) : "";
    connection.execute(fmt::format("insert into {} ({}) select {}{} from {} {}{}",
                                   quoted(connection, publication.target), columns, distinct, columns,
                                   publication.staging, order, conflict));
    connection.execute("drop table " + publication.staging);
}

/// One feed entry for each tracked layer on the table, over all its rows; coarse copies and the layers' extents anew.
void tell(Connection& connection, const std::string& target) {
    const auto [schema, table] = split_name(target);
    connection.run_script("set constraints all immediate");
    const Result layers = query(connection,
                                "select layer_id, case when tracked then 'catalogue.tell_version_change($1::int, null, "
                                "null)' else 'access.refresh_degraded($1::int)' end from catalogue.layer where "
                                "table_schema = $1 and table_name = $2",
                                {schema, table});
    for (int i = 0; i < layers.rows(); ++i)
        query(connection, "select " + layers.text(i, 1), {std::to_string(layers.int64(i, 0))});
    if (target == "org.commune") connection.execute("select access.refresh_of_communes()");
    // A view on the table (today's communes) has its extent here too.
    const Result shown = query(
        connection,
        "select l.layer_id, quote_ident(l.table_schema) || '.' || quote_ident(l.table_name), "
        "quote_ident(l.geometry_column), l.srid from catalogue.layer l "
        "where l.geometry_column is not null and ((l.table_schema = $1 and l.table_name = $2) or exists (select from "
        "pg_depend d join pg_rewrite r on r.oid = d.objid "
        "where d.refobjid = $3::regclass and r.ev_class = to_regclass(format('%I.%I', l.table_schema, l.table_name))))",
        {schema, table, quoted(connection, target)});
    for (int i = 0; i < shown.rows(); ++i) {
        connection.execute(
            fmt::format("with box as (select st_transform(st_segmentize(st_setsrid(st_extent({})::geometry, {}), "
                        "5000), 4326) as g from {}) "
                        "update catalogue.layer set extent = (select array[st_xmin(g), st_ymin(g), st_xmax(g), "
                        "st_ymax(g)] from box where g is not null) where layer_id = {}",
                        shown.text(i, 2), shown.int64(i, 3), shown.text(i, 1), shown.int64(i, 0)));
    }
}

/// The parts of a version that hold something of `coverage` go aside whole: rows it brought where nothing was before go
/// with the others.
void retire_version(Connection& connection, const std::string& target, int version_id,
                    const std::optional<std::string>& coverage, int replaced_by) {
    const Result rows = query(connection,
                              std::string(part_columns) +
                                  "where attached and version_id = $1::int and coalesce(coverage && $2::text[], true)",
                              {std::to_string(version_id), coverage});
    for (int i = 0; i < rows.rows(); ++i) detach(connection, target, read_part(rows, i), replaced_by);
}

/// Everything but the transaction of roll_back.
int put_back(Connection& connection, const std::string& target) {
    connection.execute(fmt::format("select pg_advisory_xact_lock({})", publication_lock));
    const Result newest = query(connection,
                                "select version_id from catalogue.version where target = $1 and state = 'published' "
                                "order by published_at desc nulls last, version_id desc limit 1",
                                {target});
    if (newest.rows() == 0) throw gis::Conflict(fmt::format("{} has no published version", target));
    const int undone = static_cast<int>(newest.int64(0, 0));
    const Result replaced =
        query(connection, std::string(part_columns) + "where replaced_by = $1::int order by part_id",
              {std::to_string(undone)});
    if (replaced.rows() == 0)
        throw gis::Conflict(
            fmt::format("version {} of {} replaced nothing: there is nothing to put back", undone, target));
    const int restored = static_cast<int>(replaced.int64(0, 1));
    const std::string column = coverage_column_of(connection, target);
    // What the restored version once replaced is out of reach from now on: the next roll-back brings `undone` again.
    query(connection, "update catalogue.part set replaced_by = null where replaced_by = $1::int",
          {std::to_string(restored)});
    // First all of them make room, then all are attached: parts of one coverage (a version and the edits made beside
    // it) must not push each other out.
    for (int i = 0; i < replaced.rows(); ++i) {
        const Part part = read_part(replaced, i);
        const auto coverage = coverage_of(connection, part.table, column);
        query(connection, "update catalogue.part set coverage = $2::text[] where part_id = $1::int",
              {std::to_string(part.part_id), coverage});
        retire_version(connection, target, undone, coverage, restored);
        retire_overlapping(connection, target, column, coverage, restored);
    }
    for (int i = 0; i < replaced.rows(); ++i) attach(connection, target, read_part(replaced, i).part_id);
    query(connection, "update catalogue.version set published_at = now() where version_id = $1::int",
          {std::to_string(restored)});
    update_states(connection, target);
    tell(connection, target);
    return restored;
}

/// Takes a published version out and puts back what it replaced; its table.
std::string undo_version(Connection& connection, int version_id) {
    const std::string id = std::to_string(version_id);
    const Result version = query(connection,
                                 "select target from catalogue.version where version_id = $1::int and state = "
                                 "'published'",
                                 {id});
    if (version.rows() == 0) throw gis::Conflict("cette version n'est pas publiée");
    const std::string target = version.text(0, 0);
    const Result parts =
        query(connection, std::string(part_columns) + "where version_id = $1::int order by part_id", {id});
    for (int i = 0; i < parts.rows(); ++i) {
        if (!read_part(parts, i).attached)
            throw gis::Conflict(
                "des objets de cette version ont été remplacés depuis ; annulez d'abord la plus récente");
    }
    for (int i = 0; i < parts.rows(); ++i) {
        const Part part = read_part(parts, i);
        connection.execute(fmt::format("alter table {} detach partition {}", quoted(connection, target), part.table));
    }
    query(connection, "update catalogue.part set attached = false where version_id = $1::int", {id});
    // What went aside and came back meanwhile joins the first part: who publishes the version again publishes all of
    // it.
    for (int i = 1; i < parts.rows(); ++i) {
        const std::string columns = columns_list(connection, quoted(connection, target), {"part_id"});
        const Part part = read_part(parts, i);
        connection.execute(fmt::format("insert into {} ({}) select {} from {}", read_part(parts, 0).table, columns,
                                       columns, part.table));
        connection.execute("drop table " + part.table);
        query(connection, "delete from catalogue.part where part_id = $1::int", {std::to_string(part.part_id)});
    }
    const Result replaced =
        query(connection, std::string(part_columns) + "where replaced_by = $1::int order by part_id", {id});
    for (int i = 0; i < replaced.rows(); ++i) attach(connection, target, read_part(replaced, i).part_id);
    query(connection, "update catalogue.version set state = 'draft', published_at = null where version_id = $1::int",
          {id});
    // A deposit that published it is a draft again, whoever takes it back.
    query(connection,
          "update capture.job set state = 'draft', published_at = null where state = 'published' and job_id in (select "
          "job_id from capture.job_version where version_id = $1::int)",
          {id});
    update_states(connection, target);
    return target;
}

}  // namespace

std::string to_string(Replace replace) {
    switch (replace) {
        case Replace::Coverage:
            return "coverage";
        case Replace::Nothing:
            return "nothing";
        case Replace::Keys:
            return "keys";
        case Replace::Area:
            return "area";
    }
    return "";
}

std::optional<Replace> parse_replace(std::string_view text) {
    for (const Replace replace : {Replace::Coverage, Replace::Nothing, Replace::Keys, Replace::Area}) {
        if (text == to_string(replace)) return replace;
    }
    return std::nullopt;
}

void undo_together(Connection& connection, const std::vector<int>& version_ids,
                   const std::function<void(Connection&)>& also) {
    connection.execute("begin");
    try {
        connection.execute(fmt::format("select pg_advisory_xact_lock({})", publication_lock));
        for (const int version : version_ids) tell(connection, undo_version(connection, version));
        if (also) also(connection);
        connection.execute("commit");
    } catch (...) {
        if (connection.is_open()) connection.execute("rollback");
        throw;
    }
}

void publish_together(Connection& connection, const std::vector<Publication>& publications,
                      const std::function<void(Connection&)>& also) {
    connection.execute("begin");
    connection.execute(fmt::format("select pg_advisory_xact_lock({})", publication_lock));
    for (const Publication& publication : publications) {
        if (publication.staging.empty()) {
            publish_parts(connection, publication);
        } else {
            merge_staging(connection, publication);
        }
    }
    for (const Publication& publication : publications) tell(connection, publication.target);
    if (also) also(connection);
    connection.execute("commit");
}

std::vector<Version> list_versions(Connection& connection, const std::string& target) {
    const Result rows = query(connection,
                              "select version_id, target, vintage, source, state, coalesce(to_char(published_at at "
                              "time zone 'UTC', 'YYYY-MM-DD HH24:MI'), ''), feature_count "
                              "from catalogue.version where target = $1 order by version_id desc",
                              {target});
    std::vector<Version> versions;
    for (int i = 0; i < rows.rows(); ++i) {
        versions.push_back({static_cast<int>(rows.int64(i, 0)), rows.text(i, 1), rows.text(i, 2), rows.text(i, 3),
                            rows.text(i, 4), rows.text(i, 5), rows.int64(i, 6)});
    }
    return versions;
}

int roll_back(Connection& connection, const std::string& target) {
    const Result newest = query(connection,
                                "select version_id, replaces from catalogue.version where target = $1 and state = "
                                "'published' order by published_at desc nulls last, version_id desc limit 1",
                                {target});
    // What went by ids or by place comes back beside the rest, not in its place.
    if (newest.rows() > 0 && newest.text(0, 1) != "coverage") {
        const int undone = static_cast<int>(newest.int64(0, 0));
        undo_together(connection, {undone});
        return undone;
    }
    connection.execute("begin");
    try {
        const int restored = put_back(connection, target);
        connection.execute("commit");
        return restored;
    } catch (...) {
        if (connection.is_open()) connection.execute("rollback");
        throw;
    }
}

int find_same_source(Connection& connection, const std::string& sha256, const std::string& target) {
    if (sha256.empty()) return 0;
    const Result rows =
        query(connection,
              "select version_id from catalogue.version where source_sha256 = $1 and state = 'published' "
              "and ($2::text = '' or target = $2) order by version_id desc limit 1",
              {sha256, target});
    return rows.rows() == 0 ? 0 : static_cast<int>(rows.int64(0, 0));
}

void discard_version(Connection& connection, int version_id) {
    connection.execute("begin");
    const Result parts =
        query(connection, "select table_name from catalogue.part where version_id = $1::int and not attached",
              {std::to_string(version_id)});
    for (int i = 0; i < parts.rows(); ++i) connection.execute("drop table if exists " + parts.text(i, 0));
    query(connection, "delete from catalogue.version where version_id = $1::int and state in ('loading', 'draft')",
          {std::to_string(version_id)});
    connection.execute("commit");
}

void discard_abandoned(Connection& connection) {
    const Result loading = query(connection, "select version_id from catalogue.version where state = 'loading'");
    for (int i = 0; i < loading.rows(); ++i) {
        const std::string version = std::to_string(loading.int64(i, 0));
        const std::vector<Parameter> lock{std::to_string(loading_lock_space), version};
        if (!connection.query("select pg_try_advisory_lock($1::int, $2::int)", lock).boolean(0, 0)) continue;
        discard_version(connection, static_cast<int>(loading.int64(i, 0)));
        connection.query("select pg_advisory_unlock($1::int, $2::int)", lock);
    }
}

}  // namespace importing
