#include "server/jobs/draft_facts.hpp"

#include <fmt/format.h>

#include "server/import/part_tables.hpp"

namespace jobs {

namespace {

constexpr auto box_sql =
    "select st_xmin(b), st_ymin(b), st_xmax(b), st_ymax(b) from (select st_extent(st_transform({}, 4326)) b "
    "from {}) q";

std::optional<gis::GeographicBox> box_of(db::Connection& connection, const std::string& geometry,
                                         const std::string& table) {
    const db::Result rows = connection.query(fmt::format(fmt::runtime(box_sql), geometry, table));
    if (rows.is_null(0, 0)) return std::nullopt;
    return gis::GeographicBox{rows.float64(0, 0), rows.float64(0, 1), rows.float64(0, 2), rows.float64(0, 3)};
}

/// Objects that touch no commune; nothing when no commune is known.
std::optional<std::int64_t> outside_territory(db::Connection& connection, const std::string& geometry,
                                              const std::string& table) {
    if (!connection.query("select exists (select from org.commune)").boolean(0, 0)) return std::nullopt;
    return connection
        .query(fmt::format(
            "select count(*) from {1} d where d.{0} is not null and not exists (select from org.commune_actuelle c "
            "where c.geom && st_transform(d.{0}, 2154) and st_intersects(c.geom, st_transform(d.{0}, 2154)))",
            geometry, table))
        .int64(0, 0);
}

}  // namespace

std::optional<gis::GeographicBox> territory_of(db::Connection& connection) {
    return box_of(connection, "geom", "org.commune_actuelle");
}

Json facts_of(db::Connection& connection, const importing::Draft& draft, const std::string& asked) {
    Json facts{{"table", draft.loaded.table}, {"rows", draft.loaded.rows}, {"duplicates", draft.loaded.duplicates}};
    const std::vector<db::Parameter> values{draft.loaded.table};
    const db::Result titles = connection.query(
        "select title from catalogue.layer where table_schema || '.' || table_name = $1 order by layer_id", values);
    if (titles.rows() > 0) facts["title"] = titles.text(0, 0);
    const importing::TableShape shape = importing::describe_table(connection, draft.loaded.table);
    if (!shape.geometry_column.empty()) {
        const std::string geometry = connection.quote_identifier(shape.geometry_column);
        if (const auto box = box_of(connection, geometry, draft.part_table))
            facts["bbox"] = {box->west, box->south, box->east, box->north};
        if (const auto outside = outside_territory(connection, geometry, draft.part_table))
            facts["outside_territory"] = *outside;
    }
    if (shape.columns.contains("classe_precision")) {
        const db::Result classes = connection.query(fmt::format(
            "select coalesce(classe_precision, '999'), count(*) from {} group by 1 order by 1", draft.part_table));
        std::int64_t worse = 0;
        for (int i = 0; i < classes.rows(); ++i) {
            facts["precision"][classes.text(i, 0)] = classes.int64(i, 1);
            if (classes.text(i, 0) > asked) worse += classes.int64(i, 1);  // "002" < "999"
        }
        if (!asked.empty()) facts["worse_than_asked"] = {{"class", asked}, {"rows", worse}};
    }
    return facts;
}

}  // namespace jobs
