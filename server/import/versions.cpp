#include "server/import/versions.hpp"

#include <fmt/format.h>

#include <set>

#include "gis/error.hpp"
#include "server/import/version_loader.hpp"
#include "server/import/versioned_table.hpp"

namespace importing {

using db::Connection;
using db::Parameter;
using db::Result;

namespace {

/// One publication at a time, for the rest of the transaction.
void lock_publications(Connection& connection) {
    constexpr long long publication_lock = 0x43617272'65617501;
    connection.execute(fmt::format("select pg_advisory_xact_lock({})", publication_lock));
}

/// The history names the version as the author of what follows in this transaction: these are moves, no edits.
void sign(Connection& connection, int version_id) {
    query(connection, "select set_config('carreau.person', 'version ' || $1, true)", {std::to_string(version_id)});
}

/// `work` in one transaction.
template <typename Work>
auto in_transaction(Connection& connection, Work work) {
    connection.execute("begin");
    try {
        auto done = work();
        connection.execute("commit");
        return done;
    } catch (...) {
        if (connection.is_open()) connection.execute("rollback");
        throw;
    }
}

void refuse_known_ids(Connection& connection, const VersionedTable& table, const std::string& part) {
    const Result known =
        query(connection, fmt::format("select n.{0}::text from {1} n join {2} o on o.{0} = n.{0} limit 5",
                                      table.id_column(), part, quoted(connection, table.target())));
    if (known.rows() == 0) return;
    std::string ids;
    for (int i = 0; i < known.rows(); ++i) ids += (ids.empty() ? "" : ", ") + known.text(i, 0);
    throw gis::Conflict(fmt::format("des objets de mêmes identifiants sont déjà publiés ({}) ; remplacez-les", ids));
}

/// What the new rows replace goes aside.
void make_room(Connection& connection, VersionedTable& table, const Publication& publication, const Part& part,
               const Coverage& coverage) {
    switch (table.is_companion() ? Replace::Coverage : publication.replace) {
        case Replace::Coverage:
            return table.retire_covered(coverage, publication.version_id);
        case Replace::Nothing:
            return refuse_known_ids(connection, table, part.table);
        case Replace::Keys:
            return table.retire_where(fmt::format(" where {0} in (select {0} from {1})", table.id_column(), part.table),
                                      publication.version_id);
        case Replace::Area: {
            const std::string& geometry = table.geometry_column();
            if (geometry.empty()) throw gis::Conflict("une table sans géométrie ne se remplace pas par emprise");
            const std::string area =
                query(connection,
                      fmt::format("select st_asewkt(st_convexhull(st_collect({})), 15) from {}", geometry, part.table))
                    .text(0, 0);
            const std::string literal = connection.quote_literal(area) + "::geometry";
            return table.retire_where(fmt::format(" where {0} && {1} and st_intersects({0}, {1})", geometry, literal),
                                      publication.version_id);
        }
    }
}

void publish_parts(Connection& connection, const Publication& publication) {
    VersionedTable table(connection, publication.target);
    for (const int part_id : publication.parts) {
        const Part part = table.part(part_id);
        make_room(connection, table, publication, part, table.cover(part));
        table.attach(part_id);
    }
    query(connection,
          "update catalogue.version set state = 'published', published_at = now(), feature_count = $2::bigint, "
          "replaces = $3 where version_id = $1::int",
          {std::to_string(publication.version_id), std::to_string(publication.rows), to_string(publication.replace)});
    table.update_states();
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

/// What the newest published version replaced takes its place; the version put back. The next time `undone` comes
/// again.
int put_back(VersionedTable& table, Connection& connection, int undone) {
    const std::vector<Part> replaced = table.replaced_by(undone);
    if (replaced.empty())
        throw gis::Conflict(
            fmt::format("version {} of {} replaced nothing: there is nothing to put back", undone, table.target()));
    const int restored = replaced.front().version_id;
    sign(connection, restored);
    // What the restored version once replaced is out of reach from now on.
    query(connection, "update catalogue.part set replaced_by = null where replaced_by = $1::int",
          {std::to_string(restored)});
    // First all of them make room, then all are attached: parts of one coverage (a version and the edits made beside
    // it) must not push each other out.
    for (const Part& part : replaced) {
        const Coverage coverage = table.cover(part);
        table.retire_version(undone, coverage, restored);
        table.retire_covered(coverage, restored);
    }
    for (const Part& part : replaced) table.attach(part.part_id);
    query(connection, "update catalogue.version set published_at = now() where version_id = $1::int",
          {std::to_string(restored)});
    table.update_states();
    table.tell();
    return restored;
}

/// Takes a published version out and puts back what it replaced: a draft again, as is the deposit that published it.
void undo_version(Connection& connection, int version_id) {
    const std::string id = std::to_string(version_id);
    sign(connection, version_id);
    const Result version = query(
        connection, "select target from catalogue.version where version_id = $1::int and state = 'published'", {id});
    if (version.rows() == 0) throw gis::Conflict("cette version n'est pas publiée");
    VersionedTable table(connection, version.text(0, 0));
    const std::vector<Part> parts = table.parts_of(version_id);
    for (const Part& part : parts) {
        if (!part.attached)
            throw gis::Conflict(
                "des objets de cette version ont été remplacés depuis ; annulez d'abord la plus récente");
    }
    for (const Part& part : parts) table.detach(part, std::nullopt);
    // What went aside and came back meanwhile: who publishes the version again publishes all of it.
    table.join(parts);
    for (const Part& part : table.replaced_by(version_id)) table.attach(part.part_id);
    query(connection, "update catalogue.version set state = 'draft', published_at = null where version_id = $1::int",
          {id});
    query(connection,
          "update capture.job set state = 'draft', published_at = null where state = 'published' and job_id in (select "
          "job_id from capture.job_version where version_id = $1::int)",
          {id});
    table.update_states();
    table.tell();
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
    in_transaction(connection, [&] {
        lock_publications(connection);
        for (const int version : version_ids) undo_version(connection, version);
        if (also) also(connection);
        return true;
    });
}

void publish_together(Connection& connection, const std::vector<Publication>& publications,
                      const std::function<void(Connection&)>& also) {
    in_transaction(connection, [&] {
        lock_publications(connection);
        for (const Publication& publication : publications) {
            sign(connection, publication.version_id);
            if (publication.staging.empty()) {
                publish_parts(connection, publication);
            } else {
                merge_staging(connection, publication);
            }
        }
        for (const Publication& publication : publications) VersionedTable(connection, publication.target).tell();
        if (also) also(connection);
        return true;
    });
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
    return in_transaction(connection, [&] {
        lock_publications(connection);
        const Result newest =
            query(connection,
                  "select version_id, exists (select from capture.job_version j where j.version_id = v.version_id) "
                  "from catalogue.version v where target = $1 and state = 'published' "
                  "order by published_at desc nulls last, version_id desc limit 1",
                  {target});
        if (newest.rows() == 0) throw gis::Conflict(fmt::format("{} has no published version", target));
        const auto undone = static_cast<int>(newest.int64(0, 0));
        VersionedTable table(connection, target);
        if (!newest.boolean(0, 1)) return put_back(table, connection, undone);
        // Of a deposit: what it replaced comes back beside the rest, and its owner has his draft again.
        undo_version(connection, undone);
        return 0;
    });
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
