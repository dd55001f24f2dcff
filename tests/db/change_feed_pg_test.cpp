#include <nlohmann/json.hpp>

#include "server/db/layer_declaration.hpp"
#include "server/live/catalog_watch.hpp"
#include "tests/support/postgres_test.hpp"

namespace {

using nlohmann::json;

class ChangeFeed : public test::PostgresTest {
  protected:
    void SetUp() override {
        run("create table donnees.tree (id text primary key, kind text, geom geometry(Point, 2154))");
        db::declare_layer(dsn(), R"({"table": "donnees.tree"})");
    }
    void TearDown() override {
        db::remove_layer(dsn(), "tree");
        run("drop table donnees.tree; truncate catalogue.change, catalogue.history");
    }
    /// "I a - BOX(1 2,1 2)": kind, feature, old and new box.
    std::vector<std::string> changes() {
        return column(
            "select concat_ws(' ', op, coalesce(feature_id, '*'), coalesce(old_box::text, '-'), "
            "coalesce(new_box::text, '-')) from catalogue.change order by seq");
    }
    std::vector<std::string> history() {
        return column(
            "select concat_ws(' ', op, feature_id, coalesce(old_row ->> 'kind', '-'), coalesce(st_astext(old_geom), "
            "'-')) from catalogue.history order by history_id");
    }
    using Lines = std::vector<std::string>;
};

TEST_F(ChangeFeed, InsertTellsTheNewBox) {
    run("insert into donnees.tree values ('a', 'oak', 'SRID=2154;POINT(10 20)'), ('b', 'elm', null)");
    EXPECT_EQ(changes(), (Lines{"I a - BOX(10 20,10 20)", "I b - -"}));
    EXPECT_EQ(history(), (Lines{"I a - -", "I b - -"}));
}

TEST_F(ChangeFeed, UpdateTellsBothBoxesAndKeepsWhatWas) {
    run("insert into donnees.tree values ('a', 'oak', 'SRID=2154;POINT(10 20)'); truncate catalogue.change, "
        "catalogue.history; update donnees.tree set kind = 'ash', geom = 'SRID=2154;POINT(30 40)'");
    EXPECT_EQ(changes(), (Lines{"U a BOX(10 20,10 20) BOX(30 40,30 40)"}));
    EXPECT_EQ(history(), (Lines{"U a oak POINT(10 20)"}));
    EXPECT_EQ(scalar("select st_srid(old_geom) from catalogue.history"), "2154");
    EXPECT_EQ(scalar("select old_row from catalogue.history"), R"({"id": "a", "kind": "oak"})")
        << "the geometry is kept apart";
}

TEST_F(ChangeFeed, DeleteTellsTheOldBoxAndKeepsTheRow) {
    run("insert into donnees.tree values ('a', 'oak', 'SRID=2154;POINT(10 20)'); truncate catalogue.change, "
        "catalogue.history; delete from donnees.tree");
    EXPECT_EQ(changes(), (Lines{"D a BOX(10 20,10 20) -"}));
    EXPECT_EQ(history(), (Lines{"D a oak POINT(10 20)"}));
}

TEST_F(ChangeFeed, ChangedIdIsOneGoneAndOneCome) {
    run("insert into donnees.tree values ('a', 'oak', 'SRID=2154;POINT(10 20)'); truncate catalogue.change, "
        "catalogue.history; update donnees.tree set id = 'z'");
    EXPECT_EQ(changes(), (Lines{"D a BOX(10 20,10 20) -", "I z - BOX(10 20,10 20)"}));
    EXPECT_EQ(history(), (Lines{"D a oak POINT(10 20)", "I z - -"}));
}

TEST_F(ChangeFeed, TruncateTellsOfEverything) {
    run("insert into donnees.tree values ('a', 'oak', null); truncate catalogue.change; truncate donnees.tree");
    EXPECT_EQ(changes(), (Lines{"T * - -"}));
}

TEST_F(ChangeFeed, RolledBackEditTellsNothing) {
    run("begin; insert into donnees.tree values ('a', 'oak', null); rollback");
    EXPECT_TRUE(changes().empty());
    EXPECT_TRUE(history().empty());
}

TEST_F(ChangeFeed, EditOfAPartitionedTableIsToldOnce) {
    db::declare_layer(dsn(), R"({"table": "cadastre.lieu_dit"})");
    run("insert into cadastre.lieu_dit (id, commune, nom, geom) values ('l1', '62999', 'Le Bois', "
        "'SRID=2154;MULTIPOLYGON(((0 0,0 1,1 1,0 0)))')");
    EXPECT_EQ(changes(), (Lines{"I l1 - BOX(0 0,1 1)"}));
    run("delete from cadastre.lieu_dit");
    db::remove_layer(dsn(), "lieu_dit");
}

TEST_F(ChangeFeed, PersonOfTheSessionIsWrittenInTheHistory) {
    run("set carreau.person = 'marie'; insert into donnees.tree values ('a', 'oak', null); reset carreau.person");
    EXPECT_EQ(scalar("select by from catalogue.history"), "marie");
}

TEST_F(ChangeFeed, EditNotifiesListeners) {
    db::Connection listener(dsn());
    listener.execute("listen carreau_change");
    run("insert into donnees.tree values ('a', 'oak', null)");
    EXPECT_EQ(listener.wait_notification(std::chrono::seconds(10)), std::optional<std::string>("carreau_change"));
}

class CatalogWatch : public test::PostgresTest {};

TEST_F(CatalogWatch, NewLayerAppearsAndRemovedOneGoes) {
    const live::CatalogWatch watch(dsn(), [](const std::string&) {});
    EXPECT_TRUE(watch.is_connected());
    run("create table donnees.tree (id integer primary key, geom geometry(Point, 2154))");
    const auto knows = [&] { return watch.current().catalog->find("tree") != nullptr; };
    EXPECT_FALSE(knows());
    db::declare_layer(dsn(), R"({"table": "donnees.tree"})");
    // Far below the 30 s of the regular look: it was the notification.
    EXPECT_TRUE(test::eventually(knows, std::chrono::seconds(10)));
    const auto before = watch.current();
    db::remove_layer(dsn(), "tree");
    EXPECT_TRUE(test::eventually([&] { return !knows(); }, std::chrono::seconds(10)));
    EXPECT_NE(before.catalog->find("tree"), nullptr) << "a snapshot in use does not change";
}

TEST_F(CatalogWatch, DatabaseAwayKeepsTheLastCatalogueAndComesBack) {
    run("create table donnees.shrub (id integer primary key, geom geometry(Point, 2154))");
    db::declare_layer(dsn(), R"({"table": "donnees.shrub"})");
    const live::CatalogWatch watch(dsn(), [](const std::string&) {});
    database().set_away(true);
    EXPECT_TRUE(test::eventually([&] { return !watch.is_connected(); }));
    EXPECT_NE(watch.current().catalog->find("shrub"), nullptr);
    database().set_away(false);
    EXPECT_TRUE(test::eventually([&] { return watch.is_connected(); }));
    db::set_layer(dsn(), "shrub", "title", "Arbustes");
    EXPECT_TRUE(test::eventually([&] { return watch.current().catalog->find("shrub")->title == "Arbustes"; },
                                 std::chrono::seconds(10)));
}

TEST_F(CatalogWatch, StartsWithoutADatabaseAndFindsItLater) {
    database().set_away(true);
    const live::CatalogWatch watch(dsn(), [](const std::string&) {});
    EXPECT_FALSE(watch.is_connected());
    database().set_away(false);
    EXPECT_TRUE(test::eventually([&] { return watch.is_connected(); }));
}

}  // namespace
