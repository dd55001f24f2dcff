// The database goes away and comes back; the server stays.

#include <fmt/format.h>

#include <thread>

#include "server/db/layer_declaration.hpp"
#include "tests/api/api_fixture.hpp"

namespace {

using test::ApiTest;

class Recovery : public ApiTest {};

TEST_F(Recovery, AwayDatabaseIs503ThenServedAgainWithoutRestart) {
    ASSERT_EQ(get("/collections/place/items").status, 200);
    database().set_away(true);
    for (const char* target : {"/collections/place/items", "/collections/place/items/p1", "/tiles/place/5/16/11.mvt"}) {
        const RawAnswer answer = get(target);
        EXPECT_EQ(answer.status, 503) << target << answer.body;
        EXPECT_FALSE(answer.header("Retry-After").empty()) << target;
        EXPECT_EQ(answer.header("Content-Type").substr(0, 24), "application/problem+json") << target;
    }
    EXPECT_EQ(get("/readyz").status, 503);
    EXPECT_EQ(get("/healthz").status, 200) << "the process lives";
    EXPECT_EQ(get("/collections").status, 200) << "what needs no database is answered";
    database().set_away(false);
    EXPECT_EQ(get("/collections/place/items").status, 200) << "at once";
    EXPECT_TRUE(test::eventually([&] { return get("/readyz").status == 200; }));
}

TEST_F(Recovery, KilledBackendsUnderLoadNeverMakeA500) {
    std::atomic<bool> stop{false};
    std::atomic<int> good{0};
    std::atomic<int> away{0};
    std::atomic<int> other{0};
    std::vector<std::thread> readers;
    for (int i = 0; i < 3; ++i) {
        readers.emplace_back([&] {
            while (!stop) {
                const int status = get("/collections/square/items?limit=500").status;
                ++(status == 200 ? good : status == 503 ? away : other);
            }
        });
    }
    for (int i = 0; i < 20; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
        run("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> "
            "pg_backend_pid()");
    }
    EXPECT_TRUE(test::eventually([&] { return good > 5; }));
    stop = true;
    for (std::thread& reader : readers) reader.join();
    EXPECT_EQ(other, 0);
    EXPECT_EQ(get("/collections/square/items").status, 200);
}

TEST_F(Recovery, TableDroppedUnderTheServerIsNoCrash) {
    run("create table donnees.brief (id integer primary key, geom geometry(Point, 2154))");
    db::declare_layer(dsn(), R"({"table": "donnees.brief", "public": true})");
    wait_for_layer("brief");
    EXPECT_EQ(get("/collections/brief/items").status, 200);
    run("drop table donnees.brief");
    const RawAnswer answer = get("/collections/brief/items");
    EXPECT_EQ(answer.body.find("donnees"), std::string::npos) << "says nothing of the tables: " << answer.body;
    run("delete from catalogue.layer where name = 'brief'");
    EXPECT_EQ(get("/collections/place/items").status, 200);
}

}  // namespace
