#include "server/import/versioned_table.hpp"

#include <fmt/format.h>

#include "gis/error.hpp"
#include "server/import/part_tables.hpp"

namespace importing {

using db::Connection;
using db::Parameter;
using db::Result;

VersionedTable::VersionedTable(Connection& connection, std::string target)
    : connection_(connection), target_(std::move(target)), quoted_(quoted(connection, target_)) {
    std::tie(schema_, name_) = split_name(target_);
    const Result layers = query(connection_,
                                "select coalesce(coverage_column, ''), coalesce(geometry_column, ''), id_column, "
                                "coalesce(mission_role in ('drone', 'levé'), false) from catalogue.layer "
                                "where table_schema = $1 and table_name = $2 order by layer_id",
                                {schema_, name_});
    for (int i = 0; i < layers.rows(); ++i) {
        if (coverage_column_.empty()) coverage_column_ = layers.text(i, 0);
        has_missions_ = has_missions_ || layers.boolean(i, 3);
        if (names_) continue;
        const std::string geometry = layers.text(i, 1);
        names_ = Names{connection_.quote_identifier(layers.text(i, 2)),
                       geometry.empty() ? "" : connection_.quote_identifier(geometry)};
    }
    if (layers.rows() > 0) return;
    const Result links =
        query(connection_, "select link_column from catalogue.companion where target = $1 limit 1", {target_});
    if (links.rows() == 0) return;
    is_companion_ = true;
    coverage_column_ = links.text(0, 0);
}

const VersionedTable::Names& VersionedTable::names() const {
    if (!names_) throw gis::NotFound(fmt::format("no layer is made of {}", target_));
    return *names_;
}

const std::string& VersionedTable::id_column() const {
    return names().id;
}

const std::string& VersionedTable::geometry_column() const {
    return names().geometry;
}

std::vector<Part> VersionedTable::read(const std::string& condition, const std::vector<Parameter>& values) {
    const Result rows = query(connection_,
                              "select part_id, version_id, table_name, coverage::text, attached from catalogue.part "
                              "where " +
                                  condition + " order by part_id",
                              values);
    std::vector<Part> parts;
    for (int i = 0; i < rows.rows(); ++i) {
        parts.push_back({static_cast<int>(rows.int64(i, 0)), static_cast<int>(rows.int64(i, 1)), rows.text(i, 2),
                         rows.is_null(i, 3) ? std::nullopt : Coverage(rows.text(i, 3)), rows.boolean(i, 4)});
    }
    return parts;
}

std::vector<Part> VersionedTable::parts_of(int version_id) {
    return read("version_id = $1::int", {std::to_string(version_id)});
}

std::vector<Part> VersionedTable::replaced_by(int version_id) {
    return read("replaced_by = $1::int", {std::to_string(version_id)});
}

std::vector<Part> VersionedTable::attached() {
    return read("attached and version_id in (select version_id from catalogue.version where target = $1)", {target_});
}

Part VersionedTable::part(int part_id) {
    return read("part_id = $1::int", {std::to_string(part_id)}).at(0);
}

// Coverage

Coverage VersionedTable::coverage_of(const std::string& table) {
    if (coverage_column_.empty()) return std::nullopt;
    return query(connection_,
                 fmt::format("select coalesce(array_agg(c order by c), '{{}}')::text from (select distinct {}::text "
                             "as c from {}) as communes",
                             connection_.quote_identifier(coverage_column_), table))
        .text(0, 0);
}

void VersionedTable::note_coverage(int part_id, const Coverage& coverage) {
    query(connection_, "update catalogue.part set coverage = $2::text[] where part_id = $1::int",
          {std::to_string(part_id), coverage});
}

Coverage VersionedTable::cover(const Part& part) {
    Coverage coverage = coverage_of(part.table);
    note_coverage(part.part_id, coverage);
    return coverage;
}

std::string VersionedTable::where_covered(const Coverage& coverage) const {
    if (!coverage) return "";
    return fmt::format(" where {} = any ({}::text[])", connection_.quote_identifier(coverage_column_),
                       connection_.quote_literal(*coverage));
}

// Going aside

bool VersionedTable::holds(const std::string& table, const std::string& where) {
    return query(connection_, fmt::format("select 1 from {}{} limit 1", table, where)).rows() > 0;
}

void VersionedTable::move_aside(const Part& from, const std::string& where, const Coverage& coverage, int version_id) {
    if (!holds(from.table, where)) return;
    const int part_id = insert_part(connection_, from.version_id, coverage, version_id);
    const std::string table = make_part_table(connection_, target_, part_id);
    name_part(connection_, part_id, table);
    const std::string columns = columns_list(connection_, quoted_, {"part_id"});
    connection_.execute(
        fmt::format("with gone as (delete from only {}{} returning {}) insert into {} ({}) select {} from gone",
                    from.table, where, columns, table, columns, columns));
    Connection* const here = &connection_;
    index_part({&here, 1}, target_, table);
    touch_missions(table);
    if (!coverage && !coverage_column_.empty()) note_coverage(part_id, coverage_of(table));
}

void VersionedTable::move_edits_aside(const std::string& where, const Coverage& coverage, int version_id) {
    const std::string table = connection_.quote_identifier(schema_) + "." + connection_.quote_identifier(name_ + "_p0");
    if (!holds(table, where)) return;
    const auto edits = static_cast<int>(query(connection_,
                                              "insert into catalogue.version (target, source, state) values ($1, "
                                              "'édition directe', 'retired') returning version_id",
                                              {target_})
                                            .int64(0, 0));
    move_aside({0, edits, table, std::nullopt, true}, where, coverage, version_id);
}

void VersionedTable::retire_where(const std::string& where, int version_id) {
    for (const Part& part : attached()) move_aside(part, where, std::nullopt, version_id);
    move_edits_aside(where, std::nullopt, version_id);
}

void VersionedTable::retire_covered(const Coverage& coverage, int version_id) {
    const std::string where = where_covered(coverage);
    for (const Part& part : attached()) {
        const auto compared = [&](const char* question) {
            return query(connection_, question, {part.coverage, coverage}).boolean(0, 0);
        };
        if (!coverage || (part.coverage && compared("select $1::text[] <@ $2::text[]"))) {
            detach(part, version_id);
            continue;
        }
        if (part.coverage && !compared("select $1::text[] && $2::text[]")) continue;
        move_aside(part, where, coverage, version_id);
        if (part.coverage) {
            query(connection_,
                  "update catalogue.part set coverage = array(select unnest(coverage) except select "
                  "unnest($2::text[])) where part_id = $1::int",
                  {std::to_string(part.part_id), *coverage});
        }
    }
    move_edits_aside(where, coverage, version_id);
}

void VersionedTable::retire_version(int version_id, const Coverage& coverage, int replaced_by) {
    for (const Part& part : read("attached and version_id = $1::int and coalesce(coverage && $2::text[], true)",
                                 {std::to_string(version_id), coverage}))
        detach(part, replaced_by);
}

void VersionedTable::touch_missions(const std::string& table) {
    if (!has_missions_) return;
    connection_.execute(fmt::format(
        "insert into capture.mission_stale select distinct mission_id from {} where mission_id is not null order by 1 "
        "on conflict do nothing",
        table));
}

void VersionedTable::attach(int part_id) {
    const std::string table = part(part_id).table;
    touch_missions(table);
    connection_.execute(fmt::format("alter table {} attach partition {} for values in ({})", quoted_, table, part_id));
    query(connection_, "update catalogue.part set attached = true, replaced_by = null where part_id = $1::int",
          {std::to_string(part_id)});
}

void VersionedTable::detach(const Part& part, std::optional<int> replaced_by) {
    touch_missions(part.table);
    connection_.execute(fmt::format("alter table {} detach partition {}", quoted_, part.table));
    query(connection_, "update catalogue.part set attached = false, replaced_by = $2::int where part_id = $1::int",
          {std::to_string(part.part_id), replaced_by ? Parameter(std::to_string(*replaced_by)) : Parameter()});
}

void VersionedTable::join(const std::vector<Part>& parts) {
    const std::string columns = columns_list(connection_, quoted_, {"part_id"});
    for (std::size_t i = 1; i < parts.size(); ++i) {
        connection_.execute(fmt::format("insert into {} ({}) select {} from {}", parts.front().table, columns, columns,
                                        parts[i].table));
        connection_.execute("drop table " + parts[i].table);
        query(connection_, "delete from catalogue.part where part_id = $1::int", {std::to_string(parts[i].part_id)});
    }
}

// What others hear of it

void VersionedTable::update_states() {
    query(connection_,
          "update catalogue.version v set state = case when exists (select from catalogue.part p where p.version_id = "
          "v.version_id and p.attached) "
          "then 'published' else 'retired' end where target = $1 and state not in ('loading', 'draft')",
          {target_});
}

void VersionedTable::tell() {
    connection_.run_script("set constraints all immediate");
    const Result layers = query(connection_,
                                "select layer_id, case when tracked then 'catalogue.tell_version_change($1::int, null, "
                                "null)' else 'access.refresh_degraded($1::int)' end from catalogue.layer where "
                                "table_schema = $1 and table_name = $2",
                                {schema_, name_});
    for (int i = 0; i < layers.rows(); ++i)
        query(connection_, "select " + layers.text(i, 1), {std::to_string(layers.int64(i, 0))});
    if (has_missions_) connection_.execute("select capture.refresh_missions()");
    if (target_ == "org.commune") connection_.execute("select access.refresh_of_communes()");
    // A view on the table (today's communes) has its extent here too.
    const Result shown = query(
        connection_,
        "select l.layer_id, quote_ident(l.table_schema) || '.' || quote_ident(l.table_name), "
        "quote_ident(l.geometry_column), l.srid from catalogue.layer l "
        "where l.geometry_column is not null and ((l.table_schema = $1 and l.table_name = $2) or exists (select from "
        "pg_depend d join pg_rewrite r on r.oid = d.objid "
        "where d.refobjid = $3::regclass and r.ev_class = to_regclass(format('%I.%I', l.table_schema, l.table_name))))",
        {schema_, name_, quoted_});
    for (int i = 0; i < shown.rows(); ++i) {
        // By itself, for then several processors look.
        const Result box =
            query(connection_, fmt::format("select st_extent({})::text from {}", shown.text(i, 2), shown.text(i, 1)));
        query(
            connection_,
            "with box as (select st_transform(st_segmentize(st_setsrid($1::box2d::geometry, $2::int), 5000), 4326) as "
            "g) update catalogue.layer set extent = (select array[st_xmin(g), st_ymin(g), st_xmax(g), st_ymax(g)] "
            "from box where g is not null) where layer_id = $3::int",
            {box.is_null(0, 0) ? Parameter() : Parameter(box.text(0, 0)), std::to_string(shown.int64(i, 3)),
             std::to_string(shown.int64(i, 0))});
    }
}

}  // namespace importing
