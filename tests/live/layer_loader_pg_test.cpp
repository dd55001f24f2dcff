#include "server/live/layer_loader.hpp"

#include <atomic>
#include <thread>

#include "server/db/catalog_store.hpp"
#include "server/db/layer_declaration.hpp"
#include "tests/support/postgres_test.hpp"

namespace {

using live::LayerLoader;
using live::LoadedLayer;
using test::eventually;
using Clock = std::chrono::steady_clock;

class Loading : public test::PostgresTest {
  protected:
    static void SetUpTestSuite() {
        PostgresTest::SetUpTestSuite();
        db::Connection connection(dsn());
        for (const std::string table : {"tree", "bench"}) {
            connection.run_script("create table donnees." + table +
                                  " (id text primary key, geom geometry(Point, 2154)); insert into donnees." + table +
                                  " values ('a', 'SRID=2154;POINT(700000 6600000)')");
            db::declare_layer(dsn(), R"({"table": "donnees.)" + table + "\"}");
        }
    }
    void SetUp() override {
        run("delete from donnees.tree where id <> 'a'; delete from donnees.bench where id <> 'a'");
        const gis::Catalog catalog = db::load_catalog(dsn());
        tree = *catalog.find("tree");
        bench = *catalog.find("bench");
    }

    LayerLoader::Options options() {
        return {.dsn = dsn(),
                .max_bytes = 1 << 20,
                .held_beside = [this](int layer_id) { return layer_id == tree.id ? beside_tree : 0; },
                .loaded = [this] { ++loaded; },
                .log = [](const std::string& text) { ADD_FAILURE() << text; }};
    }
    static std::optional<LoadedLayer> await(LayerLoader& loader) {
        std::optional<LoadedLayer> taken;
        EXPECT_TRUE(eventually([&] { return (taken = loader.take(Clock::now())).has_value(); }));
        return taken;
    }
    void add_row(const std::string& table) {
        run("insert into donnees." + table + " values ('b', 'SRID=2154;POINT(700010 6600010)')");
    }
    /// The loader has its snapshot and waits for the table, which this test's connection has locked.
    void await_lock() {
        db::Connection other(dsn());
        ASSERT_TRUE(eventually([&] {
            return other
                       .query("select count(*) from pg_locks where not granted and relation = 'donnees.tree'::regclass")
                       .int64(0, 0) == 1;
        }));
    }

    gis::Layer tree;
    gis::Layer bench;
    std::size_t beside_tree = 0;
    std::atomic<int> loaded{0};
};

TEST_F(Loading, WhatWasReadWaitsUntilItIsTakenAndTheNextLayerWithIt) {
    LayerLoader loader(options());
    EXPECT_FALSE(loader.take(Clock::now()));
    const auto before = Clock::now();
    loader.request(tree);
    loader.request(bench);
    ASSERT_TRUE(eventually([&] { return loaded == 1; }));
    EXPECT_EQ(loader.loading(), 2U);
    add_row("bench");
    EXPECT_FALSE(loader.take(before)) << "it was read later";
    const auto first = loader.take(Clock::now());
    ASSERT_TRUE(first && !first->packed.empty());
    EXPECT_EQ(first->layer_id, tree.id);
    EXPECT_EQ(first->packed.at(0).size(), 1U);
    EXPECT_FALSE(first->snapshot.empty());
    EXPECT_FALSE(loader.is_loading(tree.id));
    const auto second = await(loader);
    ASSERT_TRUE(second && !second->packed.empty());
    EXPECT_EQ(second->layer_id, bench.id);
    EXPECT_EQ(second->packed.at(0).size(), 2U) << "it was not read before the first was taken";
    EXPECT_EQ(loader.loading(), 0U);
}

TEST_F(Loading, TheLastRequestOfALayerIsTheOneThatIsAnswered) {
    run("begin; lock table donnees.tree in access exclusive mode");
    add_row("tree");
    LayerLoader loader(options());
    loader.request(tree);
    await_lock();
    loader.request(tree);
    EXPECT_EQ(loader.loading(), 1U);
    run("commit");
    const auto taken = await(loader);
    ASSERT_TRUE(taken && !taken->packed.empty());
    EXPECT_EQ(taken->packed.at(0).size(), 2U) << "the first reading does not see the row";
    EXPECT_EQ(loader.loading(), 0U);
}

TEST_F(Loading, WhatIsCancelledIsNotGiven) {
    run("begin; lock table donnees.tree in access exclusive mode");
    LayerLoader loader(options());
    loader.request(tree);
    await_lock();
    loader.cancel(tree.id);
    EXPECT_FALSE(loader.is_loading(tree.id));
    run("commit");
    loader.request(bench);
    const auto taken = await(loader);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->layer_id, bench.id);
}

TEST_F(Loading, WhatDoesNotFitBesideTheOthersIsTooLarge) {
    beside_tree = (1 << 20) + 1;
    LayerLoader loader(options());
    loader.request(tree);
    const auto refused = await(loader);
    ASSERT_TRUE(refused);
    EXPECT_TRUE(refused->too_large);
    EXPECT_TRUE(refused->packed.empty());
    loader.request(bench);
    const auto taken = await(loader);
    ASSERT_TRUE(taken);
    EXPECT_TRUE(!taken->packed.empty() && !taken->too_large) << "the bytes beside it are others";
}

TEST_F(Loading, WhatCannotBeReadIsToldAndTheNextIsRead) {
    LayerLoader::Options quiet = options();
    std::atomic<int> told{0};
    quiet.log = [&](const std::string&) { ++told; };
    LayerLoader loader(quiet);
    gis::Layer gone = tree;
    gone.id = 4711;
    gone.table_name = gone.source_name = "not_there";
    loader.request(gone);
    const auto failed = await(loader);
    ASSERT_TRUE(failed);
    EXPECT_EQ(failed->layer_id, gone.id);
    EXPECT_TRUE(failed->packed.empty() && !failed->too_large);
    EXPECT_EQ(told, 1);
    loader.request(bench);
    EXPECT_FALSE(await(loader)->packed.empty());
}

TEST_F(Loading, StoppedItEndsAndReadsNothingMore) {
    run("begin; lock table donnees.tree in access exclusive mode");
    LayerLoader loader(options());
    loader.request(tree);
    loader.request(bench);
    await_lock();
    std::thread stopping([&] { loader.stop(); });
    run("commit");
    stopping.join();
    loader.take(Clock::now());
    EXPECT_TRUE(loader.is_loading(bench.id)) << "for ever";
}

}  // namespace
