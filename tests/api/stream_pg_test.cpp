// Answers made while they are sent: clients that leave, clients that do not read, rights that end, errors before the
// first byte.

#include <fmt/format.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <thread>

#include "server/db/layer_declaration.hpp"
#include "tests/api/api_fixture.hpp"

namespace {

using test::ApiTest;
using test::eventually;

// Of the fixture.
constexpr int bulk_threads = 3;
constexpr int bulk_share = 2;

/// 60,000 rows of a kilobyte: far more than all buffers between the database and a client that does not read.
class Stream : public ApiTest {
  protected:
    void SetUp() override {
        ApiTest::SetUp();
        make_person("exporter", "read,export");
        run("create table if not exists donnees.long (id integer primary key, words text);"
            "insert into donnees.long select n, repeat(md5(n::text), 32) from generate_series(1, 60000) n "
            "on conflict do nothing");
        if (scalar("select count(*) from catalogue.layer where name = 'long'") == "0")
            db::declare_layer(dsn(), R"({"table": "donnees.long"})");
        wait_for_layer("long");
    }

    RawClient begun(const std::string& target = "/collections/long/export",
                    const std::string& login = "exporter") const {
        RawClient client(port());
        client.send("GET " + target + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" + token_of(login) + "\r\n");
        return client;
    }
    /// Statements that read the layer now.
    int running() {
        return std::stoi(
            scalar("select count(*) from pg_stat_activity where datname = current_database() and "
                   "state = 'active' and pid <> pg_backend_pid() and query like '%\"long\"%'"));
    }
};

TEST_F(Stream, ArrivesWholeInPieces) {
    const RawAnswer answer = get("/collections/long/export?f=csv", token_of("exporter"));
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.whole);
    EXPECT_EQ(answer.header("Transfer-Encoding"), "chunked");
    EXPECT_EQ(std::count(answer.body.begin(), answer.body.end(), '\n'), 60001);
}

TEST_F(Stream, AClientThatLeavesEndsTheStatement) {
    for (int i = 0; i < 2 * bulk_threads; ++i) {
        RawClient client = begun();
        ASSERT_TRUE(eventually([&] { return running() == 1; }));
        client.reset();
        EXPECT_TRUE(eventually([&] { return running() == 0; })) << i;
    }
}

TEST_F(Stream, ClientsThatDoNotReadHoldOnlyBulkConnections) {
    make_person("second", "read,export");
    std::vector<RawClient> stalled;
    for (int i = 0; i < bulk_share; ++i) stalled.push_back(begun());
    for (int i = bulk_share; i < bulk_threads; ++i) stalled.push_back(begun("/collections/long/export", "second"));
    ASSERT_TRUE(eventually([&] { return running() == bulk_threads; }));
    const RawAnswer refused = get("/collections/long/export", token_of("second"));
    EXPECT_EQ(refused.status, 503);
    EXPECT_TRUE(refused.has("Retry-After"));
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 20; ++i) EXPECT_EQ(get("/collections/square/items?limit=100").status, 200);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
    stalled.clear();
    EXPECT_TRUE(eventually([&] { return running() == 0; }));
    EXPECT_TRUE(eventually([&] { return get("/collections/note/export", token_of("exporter")).status == 200; }));
}

TEST_F(Stream, ASlowReaderHoldsHisShareOfTheBulkConnectionsOnly) {
    make_person("second", "read,export");
    std::vector<RawClient> slow;
    for (int i = 0; i < bulk_share; ++i) slow.push_back(begun());
    ASSERT_TRUE(eventually([&] { return running() == bulk_share; }));
    std::atomic<bool> over{false};
    std::thread reader([&] {  // always a little: never long enough without to lose the connection
        std::array<char, 1024> piece{};
        while (!over) {
            for (RawClient& client : slow) ::recv(client.descriptor(), piece.data(), piece.size(), MSG_DONTWAIT);
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    });
    for (const char* target :
         {"/collections/long/export", "/collections/long/export?f=gpkg",
          "/wfs?service=WFS&version=2.0.0&request=GetFeature&typeNames=carreau:long&count=60000"}) {
        const RawAnswer refused = get(target, token_of("exporter"));
        EXPECT_EQ(refused.status, 429) << target;
        EXPECT_TRUE(refused.has("Retry-After")) << target;
        EXPECT_EQ(refused.header("Content-Type"), "application/problem+json") << target;
    }
    const RawAnswer served = get("/collections/long/export?f=csv", token_of("second"));
    EXPECT_EQ(served.status, 200);
    EXPECT_TRUE(served.whole);
    EXPECT_EQ(running(), bulk_share) << "the slow ones are not cut off";
    over = true;
    reader.join();
    slow.pop_back();
    EXPECT_TRUE(eventually([&] { return get("/collections/note/export", token_of("exporter")).status == 200; }));
    slow.clear();
    EXPECT_TRUE(eventually([&] { return running() == 0; }));
}

TEST_F(Stream, RightsThatEndMeanwhileEndTheAnswer) {
    make_person("leaver", "read,export");
    RawClient client(port());
    client.send("GET /collections/long/export HTTP/1.1\r\nHost: h\r\n" + token_of("leaver") + "\r\n");
    ASSERT_TRUE(eventually([&] { return running() == 1; }));
    run("update org.convention_right set rights = '{read}' where convention_id in "
        "(select convention_id from org.convention where titre = 'Convention de leaver')");
    ASSERT_TRUE(eventually(
        [&] { return request(port(), "HEAD", "/collections/long/export", token_of("leaver")).status == 403; }));
    const RawAnswer answer = client.read_answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_FALSE(answer.whole);
    EXPECT_LT(answer.body.size(), 60'000'000U);
    EXPECT_TRUE(eventually([&] { return running() == 0; }));
}

TEST_F(Stream, WhatFailsBeforeTheFirstByteIsAnsweredAsAnError) {
    run("create table if not exists donnees.gone (id integer primary key); insert into donnees.gone values (1)"
        " on conflict do nothing");
    db::declare_layer(dsn(), R"({"table": "donnees.gone", "public": true})");
    wait_for_layer("gone");
    EXPECT_EQ(get("/collections/gone/export", token_of("exporter")).status, 200);
    run("alter table donnees.gone rename column id to other");
    const RawAnswer answer = get("/collections/gone/export", token_of("exporter"));
    EXPECT_EQ(answer.status, 500);
    EXPECT_EQ(answer.header("Content-Type").substr(0, 24), "application/problem+json");
    run("alter table donnees.gone rename column other to id");
}

TEST_F(Stream, OneSnapshotHoldsForTheWholeAnswer) {
    RawClient client = begun("/collections/long/export?f=csv");
    ASSERT_TRUE(eventually([&] { return running() == 1; }));
    run("update donnees.long set words = 'changed' where id > 59000; delete from donnees.long where id between 50000 "
        "and 50010");
    const RawAnswer answer = client.read_answer();
    EXPECT_TRUE(answer.whole);
    EXPECT_EQ(std::count(answer.body.begin(), answer.body.end(), '\n'), 60001);
    EXPECT_EQ(answer.body.find("changed"), std::string::npos);
    run("insert into donnees.long select n, repeat(md5(n::text), 32) from generate_series(50000, 50010) n;"
        "update donnees.long set words = repeat(md5(id::text), 32) where id > 59000");
}

TEST_F(Stream, AHeadAsksTheDatabaseForNothing) {
    const RawAnswer answer = [&] {
        RawClient client(port());
        client.send("HEAD /collections/long/export?f=csv HTTP/1.1\r\nHost: h\r\nConnection: close\r\n" +
                    token_of("exporter") + "\r\n");
        return client.read_answer(true);
    }();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Content-Type"), "text/csv; charset=utf-8; header=present");
    EXPECT_EQ(running(), 0);
}

}  // namespace
