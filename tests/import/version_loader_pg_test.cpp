#include "server/import/version_loader.hpp"

#include <fmt/format.h>

#include <future>
#include <thread>

#include "gis/error.hpp"
#include "server/db/catalog_store.hpp"
#include "server/db/layer_declaration.hpp"
#include "server/import/versions.hpp"
#include "tests/import/wkb.hpp"
#include "tests/support/postgres_test.hpp"

namespace {

using importing::Source;
using importing::VersionLoader;
using Lines = std::vector<std::string>;

const std::string places = "cadastre.lieu_dit";  // replaced commune by commune
const std::string trees = "donnees.tree";        // replaced as a whole

/// Rows "commune:id=name" for cadastre.lieu_dit, without commune for donnees.tree.
gis::RowBatch batch_of(const std::string& table, const std::string& commune, const Lines& ids,
                       const std::string& name) {
    gis::RowBatch batch;
    batch.table = table;
    batch.columns = {"id", "nom"};
    if (!commune.empty()) batch.columns.emplace_back("commune");
    double x = 700000;
    for (const std::string& id : ids) {
        gis::Row row{{id, name}, test::square_wkb(x += 100, 6600000, 50)};
        if (!commune.empty()) row.values.emplace_back(commune);
        batch.rows.push_back(std::move(row));
    }
    return batch;
}

class Versions : public test::PostgresTest {
  protected:
    void SetUp() override {
        run("create table donnees.tree (part_id integer not null default 0, id text, nom text, "
            "geom geometry(MultiPolygon, 2154), primary key (id, part_id)) partition by list (part_id); "
            "select catalogue.make_versioned('donnees.tree'); create index on donnees.tree using gist (geom);");
        db::declare_layer(dsn(), R"({"table": "cadastre.lieu_dit", "coverage_column": "commune"})");
        db::declare_layer(dsn(), R"({"table": "donnees.tree"})");
    }
    /// Everything away, so that each test begins with the same database.
    void TearDown() override {
        db::remove_layer(dsn(), "lieu_dit");
        db::remove_layer(dsn(), "tree");
        for (const std::string& table : column("select table_name from catalogue.part where table_name <> ''"))
            run("drop table if exists " + table);
        run("truncate cadastre.lieu_dit; drop table donnees.tree; truncate catalogue.version cascade; "
            "truncate catalogue.change, catalogue.history; drop table if exists donnees.plan, donnees.plan_zone;");
    }

    static int load(const gis::RowBatch& batch, const Source& source = {}) {
        VersionLoader loader(dsn(), source);
        loader.write(batch);
        return loader.publish().at(0).version_id;
    }
    int load_places(const std::string& commune, const Lines& ids, const std::string& name) {
        return load(batch_of(places, commune, ids, name));
    }
    int load_trees(const Lines& ids, const std::string& name) { return load(batch_of(trees, "", ids, name)); }

    Lines shown_places() { return column("select concat_ws(' ', commune, id, nom) from cadastre.lieu_dit order by 1"); }
    Lines shown_trees() { return column("select concat_ws(' ', id, nom) from donnees.tree order by 1"); }
    /// Tables of loads and parts, the part for direct edits aside.
    Lines tables_aside() {
        return column(
            "select relname from pg_class where relkind in ('r', 'p') and (relname ~ '_p[1-9][0-9]*$' or "
            "relname ~ '_staging_') order by 1");
    }
    int roll_back(const std::string& target) { return importing::roll_back(connection(), target); }
};

TEST_F(Versions, LoadedRowsAreSeenAfterPublicationOnly) {
    VersionLoader loader(dsn(), {"a.json", "", "2026-01-01"});
    loader.write(batch_of(places, "62001", {"a", "b"}, "one"));
    EXPECT_EQ(loader.rows(), 2);
    EXPECT_TRUE(shown_places().empty());
    const auto loaded = loader.publish();
    EXPECT_EQ(shown_places(), (Lines{"62001 a one", "62001 b one"}));
    ASSERT_EQ(loaded.size(), 1U);
    EXPECT_EQ(loaded[0].table, places);
    EXPECT_EQ(loaded[0].rows, 2);
    EXPECT_EQ(loaded[0].duplicates, 0);
    const auto versions = importing::list_versions(connection(), places);
    ASSERT_EQ(versions.size(), 1U);
    EXPECT_EQ(versions[0].version_id, loaded[0].version_id);
    EXPECT_EQ(versions[0].state, "published");
    EXPECT_EQ(versions[0].vintage, "2026-01-01");
    EXPECT_EQ(versions[0].feature_count, 2);
    EXPECT_EQ(db::load_catalog(dsn()).find("lieu_dit")->vintage, "2026-01-01");
    EXPECT_TRUE(db::load_catalog(dsn()).find("lieu_dit")->extent) << "the extent follows the rows";
}

TEST_F(Versions, PublishedPartHasTheIndexesOfItsTable) {
    load_places("62001", {"a"}, "one");
    EXPECT_EQ(scalar("select count(*) from pg_indexes where tablename = (select max(c.relname) from pg_inherits i join "
                     "pg_class c on c.oid = i.inhrelid where i.inhparent = 'cadastre.lieu_dit'::regclass and "
                     "c.relname <> 'lieu_dit_p0')"),
              scalar("select count(*) from pg_indexes where tablename = 'lieu_dit'"));
}

TEST_F(Versions, LoadGivenUpLeavesNothing) {
    {
        VersionLoader loader(dsn(), {});
        loader.write(batch_of(places, "62001", {"a"}, "one"));
        loader.write(batch_of(trees, "", {"t"}, "one"));
        EXPECT_EQ(tables_aside().size(), 2U);
    }
    EXPECT_EQ(tables_aside(), Lines());
    EXPECT_EQ(scalar("select count(*) from catalogue.version"), "0");
    EXPECT_EQ(scalar("select count(*) from catalogue.part"), "0");
}

TEST_F(Versions, WriteThatThrowsMidwayPublishesNothing) {
    load_places("62001", {"old"}, "before");
    const Lines before = tables_aside();
    {
        VersionLoader loader(dsn(), {});
        loader.write(batch_of(places, "62001", {"a", "b"}, "one"));
        gis::RowBatch bad = batch_of(trees, "", {"t", "u"}, "one");
        bad.rows[1].wkb = "no geometry";
        // Rows are written behind: the refusal comes with this write or a later call.
        const auto rest = [&] {
            loader.write(bad);
            loader.publish();
        };
        EXPECT_THROW(rest(), gis::InvalidRequest);
    }
    EXPECT_EQ(shown_places(), (Lines{"62001 old before"}));
    EXPECT_EQ(tables_aside(), before);
    EXPECT_EQ(scalar("select count(*) from catalogue.version where state <> 'published'"), "0");
}

TEST_F(Versions, RowThatPostgresRefusesPublishesNothing) {
    {
        VersionLoader loader(dsn(), {});
        loader.write(batch_of(trees, "", {"t"}, "one"));
        gis::RowBatch bad = batch_of(places, "62001", {"a"}, "one");
        bad.rows[0].wkb = "";  // geom is not null
        loader.write(bad);
        EXPECT_THROW(loader.publish(), db::SqlError);
    }
    EXPECT_TRUE(shown_trees().empty()) << "all or nothing over several tables";
    EXPECT_EQ(tables_aside(), Lines());
    EXPECT_EQ(scalar("select count(*) from catalogue.version"), "0");
}

TEST_F(Versions, UnknownColumnIsRefusedByName) {
    VersionLoader loader(dsn(), {});
    gis::RowBatch batch = batch_of(places, "62001", {"a"}, "one");
    batch.columns[1] = "surname";
    try {
        loader.write(batch);
        ADD_FAILURE() << "accepted";
    } catch (const gis::InvalidRequest& refusal) {
        EXPECT_EQ(refusal.field(), "surname");
    }
}

TEST_F(Versions, ImportReplacesExactlyItsCommunes) {
    VersionLoader both(dsn(), {});
    both.write(batch_of(places, "62001", {"a", "b"}, "v1"));
    both.write(batch_of(places, "62002", {"c", "d", "e"}, "v1"));
    both.publish();
    load_places("62001", {"b", "x"}, "v2");
    EXPECT_EQ(shown_places(), (Lines{"62001 b v2", "62001 x v2", "62002 c v1", "62002 d v1", "62002 e v1"}));
    load_places("62002", {"c"}, "v3");
    EXPECT_EQ(shown_places(), (Lines{"62001 b v2", "62001 x v2", "62002 c v3"}));
    load_places("62003", {"z"}, "v4");
    EXPECT_EQ(shown_places(), (Lines{"62001 b v2", "62001 x v2", "62002 c v3", "62003 z v4"}));
}

TEST_F(Versions, ImportWithoutCoverageReplacesTheWholeTable) {
    load_trees({"a", "b"}, "v1");
    load_trees({"b", "c"}, "v2");
    EXPECT_EQ(shown_trees(), (Lines{"b v2", "c v2"}));
}

TEST_F(Versions, RollBackGoesBackAndForthAgain) {
    const int first = load_places("62001", {"a", "b"}, "v1");
    load_places("62002", {"k"}, "other");
    const int second = load_places("62001", {"b", "c"}, "v2");
    const Lines back{"62001 a v1", "62001 b v1", "62002 k other"};
    const Lines forth{"62001 b v2", "62001 c v2", "62002 k other"};
    EXPECT_EQ(roll_back(places), first);
    EXPECT_EQ(shown_places(), back);
    EXPECT_EQ(roll_back(places), second);
    EXPECT_EQ(shown_places(), forth);
    EXPECT_EQ(roll_back(places), first);
    EXPECT_EQ(shown_places(), back);
}

TEST_F(Versions, RollBackOfAPartOfACommuneSetPutsThatPartBack) {
    VersionLoader both(dsn(), {});
    both.write(batch_of(places, "62001", {"a"}, "v1"));
    both.write(batch_of(places, "62002", {"c"}, "v1"));
    both.publish();
    load_places("62001", {"b"}, "v2");
    roll_back(places);
    EXPECT_EQ(shown_places(), (Lines{"62001 a v1", "62002 c v1"}));
    roll_back(places);
    EXPECT_EQ(shown_places(), (Lines{"62001 b v2", "62002 c v1"}));
}

TEST_F(Versions, RollBackOfALargerImportPutsAllThatItReplacedBack) {
    load_places("62001", {"a"}, "v1");
    load_places("62002", {"c"}, "w1");
    VersionLoader both(dsn(), {});
    both.write(batch_of(places, "62001", {"a2"}, "v2"));
    both.write(batch_of(places, "62002", {"c2"}, "v2"));
    both.write(batch_of(places, "62003", {"e2"}, "v2"));
    both.publish();
    const Lines forth = shown_places();
    roll_back(places);
    EXPECT_EQ(shown_places(), (Lines{"62001 a v1", "62002 c w1"})) << "62003 was not there before";
    roll_back(places);
    EXPECT_EQ(shown_places(), forth);
}

TEST_F(Versions, RollBackAfterThreeImportsGoesBetweenTheLastTwo) {
    load_places("62001", {"a"}, "v1");
    load_places("62001", {"a"}, "v2");
    load_places("62001", {"a", "b"}, "v3");
    for (int i = 0; i < 3; ++i) {
        roll_back(places);
        EXPECT_EQ(shown_places(), (Lines{"62001 a v2"}));
        roll_back(places);
        EXPECT_EQ(shown_places(), (Lines{"62001 a v3", "62001 b v3"}));
    }
}

TEST_F(Versions, FirstImportCannotBeRolledBack) {
    EXPECT_THROW(roll_back(places), gis::Conflict);
    load_places("62001", {"a"}, "v1");
    EXPECT_THROW(roll_back(places), gis::Conflict);
    EXPECT_EQ(shown_places(), (Lines{"62001 a v1"}));
}

TEST_F(Versions, DirectEditsAreReplacedAndPutBack) {
    load_places("62001", {"a"}, "v1");
    run("insert into cadastre.lieu_dit (id, commune, nom, geom) select 'hand' || c, c, 'edit', geom from "
        "cadastre.lieu_dit, unnest(array['62001', '62009']) c; update cadastre.lieu_dit set nom = 'mended' where id = "
        "'a'");
    const Lines edited{"62001 a mended", "62001 hand62001 edit", "62009 hand62009 edit"};
    EXPECT_EQ(shown_places(), edited);
    load_places("62001", {"a"}, "v2");
    const Lines imported{"62001 a v2", "62009 hand62009 edit"};
    EXPECT_EQ(shown_places(), imported);
    roll_back(places);
    EXPECT_EQ(shown_places(), edited);
    roll_back(places);
    EXPECT_EQ(shown_places(), imported);
}

TEST_F(Versions, DirectEditsOfATableWithoutCoverageArePutBack) {
    load_trees({"a"}, "v1");
    run("insert into donnees.tree (id, nom) values ('hand', 'edit')");
    load_trees({"a"}, "v2");
    EXPECT_EQ(shown_trees(), (Lines{"a v2"}));
    roll_back(trees);
    EXPECT_EQ(shown_trees(), (Lines{"a v1", "hand edit"}));
    roll_back(trees);
    EXPECT_EQ(shown_trees(), (Lines{"a v2"}));
}

TEST_F(Versions, DuplicatesAreRemovedAndListed) {
    VersionLoader loader(dsn(), {});
    loader.write(batch_of(places, "62001", {"a", "b", "a"}, "first"));
    loader.write(batch_of(places, "62001", {"b", "c"}, "second"));
    const auto loaded = loader.publish();
    EXPECT_EQ(loaded[0].rows, 3);
    EXPECT_EQ(loaded[0].duplicates, 2);
    Lines ids = loaded[0].duplicate_ids;
    std::sort(ids.begin(), ids.end());
    EXPECT_EQ(ids, (Lines{"a", "b"}));
    EXPECT_EQ(shown_places(), (Lines{"62001 a first", "62001 b first", "62001 c second"}));
    EXPECT_EQ(importing::list_versions(connection(), places)[0].feature_count, 3);
}

TEST_F(Versions, SameSourceIsRecognisedWhileItIsPublished) {
    const int version = load(batch_of(places, "62001", {"a"}, "v1"), {"a.json", "abc", ""});
    EXPECT_EQ(importing::find_same_source(connection(), "abc", places), version);
    EXPECT_EQ(importing::find_same_source(connection(), "abc", ""), version);
    EXPECT_EQ(importing::find_same_source(connection(), "abc", trees), 0);
    EXPECT_EQ(importing::find_same_source(connection(), "def", places), 0);
    EXPECT_EQ(importing::find_same_source(connection(), "", places), 0);
    load_places("62001", {"a"}, "v2");
    EXPECT_EQ(importing::find_same_source(connection(), "abc", places), 0) << "replaced: may be imported again";
}

TEST_F(Versions, AbandonedLoadIsDiscardedAndALivingOneIsNot) {
    VersionLoader living(dsn(), {"living", "", ""});
    living.write(batch_of(places, "62001", {"a"}, "v1"));
    importing::discard_abandoned(connection());
    EXPECT_EQ(tables_aside().size(), 1U);
    EXPECT_EQ(scalar("select count(*) from catalogue.version where state = 'loading'"), "1");

    {
        VersionLoader killed(dsn(), {"killed", "", ""});
        killed.write(batch_of(trees, "", {"t"}, "v1"));
        // As a kill -9 of the importing process leaves it: the session is gone, its tables are not.
        run("select pg_terminate_backend(l.pid, 5000) from pg_locks l join catalogue.version v on v.version_id = "
            "l.objid::int where l.locktype = 'advisory' and v.source = 'killed'");
        EXPECT_EQ(tables_aside().size(), 2U);
        importing::discard_abandoned(connection());
        EXPECT_EQ(tables_aside().size(), 1U);
        EXPECT_EQ(column("select source from catalogue.version"), (Lines{"living"}));
    }
    living.publish();
    EXPECT_EQ(shown_places(), (Lines{"62001 a v1"}));
}

TEST_F(Versions, TableWithoutVersionsIsMergedByItsKey) {
    run("create table donnees.plan (code text primary key, nom text, seen integer generated always as identity); "
        "insert into donnees.plan (code, nom) values ('A', 'old'), ('B', 'kept')");
    gis::RowBatch batch;
    batch.table = "donnees.plan";
    batch.columns = {"code", "nom"};
    batch.rows = {{{std::string("A"), std::string("new")}, ""}, {{std::string("C"), std::string("added")}, ""}};
    {
        VersionLoader given_up(dsn(), {});
        given_up.write(batch);
    }
    EXPECT_EQ(tables_aside(), Lines());
    VersionLoader loader(dsn(), {});
    loader.write(batch);
    const auto loaded = loader.publish();
    EXPECT_EQ(loaded[0].version_id, 0);
    EXPECT_EQ(column("select code || ' ' || nom from donnees.plan order by 1"), (Lines{"A new", "B kept", "C added"}));
    EXPECT_EQ(tables_aside(), Lines());
}

TEST_F(Versions, TableThatNumbersItsRowsIsMergedByItsUniqueColumns) {
    run("create table donnees.plan (number integer generated always as identity primary key, nom text, genre text, "
        "said text, unique (genre, nom)); insert into donnees.plan (nom, genre, said) values ('A', 'x', 'old')");
    for (int i = 0; i < 2; ++i) {
        VersionLoader loader(dsn(), {});
        loader.write({"donnees.plan",
                      {"nom", "genre", "said"},
                      {{{std::string("A"), std::string("x"), std::string("new")}, ""},
                       {{std::string("A"), std::string("y"), std::string("other")}, ""}}});
        loader.publish();
        EXPECT_EQ(column("select concat_ws(' ', nom, genre, said) from donnees.plan order by 1"),
                  (Lines{"A x new", "A y other"}));
    }
}

TEST_F(Versions, SameKeyTwiceInAMergedTableIsNoFailure) {
    run("create table donnees.plan (code text primary key, nom text)");
    VersionLoader loader(dsn(), {});
    loader.write({"donnees.plan", {"code", "nom"}, {{{std::string("A"), std::string("one")}, ""}}});
    loader.write({"donnees.plan", {"code", "nom"}, {{{std::string("A"), std::string("two")}, ""}}});
    EXPECT_NO_THROW(loader.publish());
    EXPECT_EQ(scalar("select count(*) from donnees.plan"), "1");
}

TEST_F(Versions, ThreeThreadsLoseNothing) {
    constexpr int batches = 40;
    constexpr int rows = 50;
    VersionLoader loader(dsn(), {});
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 3; ++thread) {
        threads.emplace_back([&loader, thread] {
            for (int batch = 0; batch < batches; ++batch) {
                Lines ids;
                for (int row = 0; row < rows; ++row) ids.push_back(fmt::format("{}-{}-{}", thread, batch, row));
                if (batch % 2 == 0) {
                    loader.write(batch_of(places, fmt::format("6200{}", thread), ids, "v"));
                } else {
                    loader.write(batch_of(trees, "", ids, "v"));
                }
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(loader.rows(), 3 * batches * rows);
    loader.publish();
    EXPECT_EQ(scalar("select count(distinct id) from cadastre.lieu_dit"), std::to_string(3 * batches / 2 * rows));
    EXPECT_EQ(scalar("select count(distinct id) from donnees.tree"), std::to_string(3 * batches / 2 * rows));
}

TEST_F(Versions, TwoPublicationsAtOnceBothCount) {
    VersionLoader first(dsn(), {});
    VersionLoader second(dsn(), {});
    first.write(batch_of(places, "62001", {"a"}, "v1"));
    second.write(batch_of(places, "62002", {"b"}, "v1"));
    auto one = std::async(std::launch::async, [&] { return first.publish().size(); });
    auto two = std::async(std::launch::async, [&] { return second.publish().size(); });
    EXPECT_EQ(one.get() + two.get(), 2U);
    EXPECT_EQ(shown_places(), (Lines{"62001 a v1", "62002 b v1"}));
}

TEST_F(Versions, PublicationIsToldInTheFeedOnce) {
    run("truncate catalogue.change");
    load_places("62001", {"a", "b"}, "v1");
    EXPECT_EQ(column("select op::text || coalesce(feature_id, '*') from catalogue.change"), (Lines{"V*"}));
}

TEST_F(Versions, ReaderNeverSeesHalfOfASwap) {
    load_places("62001", Lines{"a", "b", "c"}, "v1");
    std::atomic<bool> stop{false};
    auto reader = std::async(std::launch::async, [&] {
        db::Connection other(dsn());
        int wrong = 0;
        while (!stop) {
            const auto seen = other.query("select count(*), count(distinct nom) from cadastre.lieu_dit");
            if (seen.int64(0, 0) != 3 || seen.int64(0, 1) != 1) ++wrong;
        }
        return wrong;
    });
    for (int i = 0; i < 5; ++i) load_places("62001", Lines{"a", "b", "c"}, fmt::format("w{}", i));
    stop = true;
    EXPECT_EQ(reader.get(), 0);
}

TEST_F(Versions, TableMadeForAnImportIsVersioned) {
    importing::create_versioned_table(connection(), "donnees.spot", {{"id", "text"}, {"Größe", "double precision"}},
                                      "id", "Point", 2154);
    const auto shape = importing::describe_table(connection(), "donnees.spot");
    EXPECT_TRUE(shape.is_versioned);
    EXPECT_EQ(shape.srid, 2154);
    EXPECT_EQ(shape.columns.at("Größe"), "double precision");
    EXPECT_THROW(importing::create_versioned_table(connection(), "donnees.spot", {}, "id", "", 0), gis::Conflict);
    EXPECT_THROW(importing::describe_table(connection(), "donnees.nowhere"), gis::NotFound);
    run("drop table donnees.spot");
}

}  // namespace
