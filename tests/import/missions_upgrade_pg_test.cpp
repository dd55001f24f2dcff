// Databases that had deposits before missions were a layer: names become missions, drafts can still be published.
#include <fmt/format.h>

#include "server/db/migrate.hpp"
#include "server/embedded/embedded.hpp"
#include "server/import/part_tables.hpp"
#include "server/import/versions.hpp"
#include "tests/support/postgres_test.hpp"

namespace {

struct MissionsUpgrade : testing::Test {
    std::unique_ptr<test::Database> database = test::Database::empty();
    std::unique_ptr<db::Connection> connection;

    void migrate(const std::string& before) {
        std::vector<db::Migration> files;
        for (const embedded::TextFile& file : embedded::schema_files()) {
            if (file.name < before) files.push_back({file.name, file.text});
        }
        db::migrate(database->dsn(), files);
        connection = std::make_unique<db::Connection>(database->dsn());
    }
    std::string scalar(const std::string& sql) {
        const db::Result rows = connection->query(sql);
        return rows.rows() == 0 || rows.is_null(0, 0) ? "" : rows.text(0, 0);
    }
    /// A job of one photo of the mission, as it was then; the version's number.
    int deposit(const std::string& id, const std::string& day, const std::string& state) {
        const bool is_published = state == "published";
        const auto version = static_cast<int>(
            connection
                ->query("insert into catalogue.version (target, state, feature_count, published_at) values "
                        "('terrain.photo', '" +
                        state + "', 1, now()) returning version_id")
                .int64(0, 0));
        const int part = importing::insert_part(*connection, version, "{" + id + "}", std::nullopt);
        const std::string table = importing::make_part_table(*connection, "terrain.photo", part);
        importing::name_part(*connection, part, table);
        connection->run_script(fmt::format(
            "insert into {0} (part_id, id, nom, mission, pris_le, empreinte, geom) values ({1}, '{2}', '{2}.jpg', "
            "'Vol', '{3}T10:00:00Z', '{2}', st_setsrid(st_makepoint(682000 + {1}, 7042000), 2154)); "
            "with j as (insert into capture.job (person_id, organisation_id, uploads, tables, state) select person_id, "
            "organisation_id, '{{x}}', '{{terrain.photo}}', '{4}' from org.person returning job_id) "
            "insert into capture.job_version select job_id, {5}, 'terrain.photo', {1}, '{0}', 1 from j",
            table, part, id, day, state, version));
        if (is_published)
            connection->run_script(
                fmt::format("alter table terrain.photo attach partition {0} for values in ({1}); update catalogue.part "
                            "set attached = true where part_id = {1}",
                            table, part));
        return version;
    }
    std::string mission() {
        return scalar(
            "select format('%s, %s, %s, %s to %s', nom, operateur, fichiers, premier_jour, dernier_jour) from "
            "terrain.mission");
    }
};

TEST_F(MissionsUpgrade, NamesOfEarlierDepositsBecomeMissions) {
    migrate("0026");
    connection->run_script(
        "insert into org.organisation (nom, genre) values ('Béthune', 'commune'); "
        "insert into org.person (organisation_id, login, nom) select organisation_id, 'lea', 'Léa' from "
        "org.organisation where nom = 'Béthune'; "
        "insert into catalogue.layer (name, title, table_schema, table_name, id_column, geometry_column, "
        "geometry_type, srid, coverage_column, min_zoom, max_zoom) values ('photo', 'Photos', 'terrain', 'photo', "
        "'id', "
        "'geom', 'Point', 2154, 'empreinte', 8, 18); "
        "insert into catalogue.field (layer_id, name, type, ordinal, tile_min_zoom) select layer_id, f.name, f.type, "
        "f.n, 23 "
        "from catalogue.layer, (values ('mission', 'text', 1), ('pris_le', 'datetime', 2)) f (name, type, n); "
        "select access.install_layer(layer_id), catalogue.track_layer(l, true) from catalogue.layer l");
    const int published = deposit("a", "2026-05-04", "published");
    const int draft = deposit("b", "2026-05-06", "draft");

    migrate("9");
    EXPECT_EQ(mission(), "Vol, Béthune, 1, 2026-05-04 to 2026-05-04");
    EXPECT_EQ(scalar("select count(*)::text from terrain.photo p join terrain.mission m on m.id = p.mission_id"), "1");
    EXPECT_EQ(scalar("select count(*)::text from catalogue.history where by !~ '^version [0-9]+$'"), "0")
        << "nobody edited anything: the deposit can be undone";
    EXPECT_EQ(scalar("select tile_min_zoom::text from catalogue.field where name = 'pris_le'"), "8")
        << "tiles carry the date that the map chooses by";
    EXPECT_EQ(scalar("select count(*)::text from catalogue.field where name = 'mission_id' and not editable"), "1");

    // A draft from before goes on, in the same mission.
    const std::string part =
        scalar(fmt::format("select part_id::text from catalogue.part where version_id = {}", draft));
    importing::publish_together(*connection, {{"terrain.photo", draft, {std::stoi(part)}, "", 1}});
    EXPECT_EQ(mission(), "Vol, Béthune, 2, 2026-05-04 to 2026-05-06");
    importing::undo_together(*connection, {published});
    EXPECT_EQ(mission(), "Vol, Béthune, 1, 2026-05-06 to 2026-05-06");
    importing::undo_together(*connection, {draft});
    EXPECT_EQ(mission(), "");
}

}  // namespace
