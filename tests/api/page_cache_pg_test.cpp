// Who shares a kept page and who does not: nobody gets a page of rights, an address or a declaration that are not his.

#include <fmt/format.h>

#include <future>
#include <set>
#include <thread>

#include "server/db/layer_declaration.hpp"
#include "server/http/compression.hpp"
#include "tests/api/page_cache_fixture.hpp"

namespace {

using test::eventually;
using test::json;
using test::lots;
using test::without_time;

class PageCaching : public test::PageCacheTest {};

TEST_F(PageCaching, CallersOfEqualScopeShareAndNobodyElse) {
    ASSERT_TRUE(is_kept("nord", "limit=50"));
    ASSERT_TRUE(is_kept("jumeau", "limit=50"));
    const auto before = pages().counters();
    const RawAnswer his = page("nord", "limit=50");
    const RawAnswer twins = page("jumeau", "limit=50");
    EXPECT_EQ(pages().counters().hits, before.hits + 2);
    EXPECT_EQ(twins.body, his.body);
    const std::string told = fmt::format("\ncarreau_page_cache_hits_total {}\n", before.hits + 2);
    EXPECT_NE(get("/metrics").body.find(told), std::string::npos);
    EXPECT_EQ(twins.header("ETag"), his.header("ETag"));
    EXPECT_EQ(twins.header("Cache-Control"), "private, no-cache");
    for (const char* who : {"sud", "deux", "tout", "etude"}) EXPECT_NE(page(who, "limit=50").body, his.body) << who;
    EXPECT_EQ(page("", "limit=50").status, 404) << "the layer is nobody's without a convention";
    EXPECT_EQ(pages().counters().hits, before.hits + 2);
}

TEST_F(PageCaching, APageIsOfItsAddressItsFormatAndItsQuestion) {
    ASSERT_TRUE(is_kept("tout", "limit=20"));
    const auto before = pages().counters().hits;
    const std::string target = std::string(lots) + "?limit=20";
    EXPECT_EQ(get_json(target, token_of("tout"))["numberReturned"], 20);
    EXPECT_EQ(pages().counters().hits, before + 1);
    EXPECT_EQ(get(target, token_of("tout") + "Accept: text/csv\r\n").header("Content-Type").substr(0, 8), "text/csv");
    EXPECT_EQ(get(target, token_of("tout") + "Accept: text/html\r\n").header("Content-Type").substr(0, 9), "text/html");
    const RawAnswer elsewhere =
        ::exchange(port(), "GET " + target + " HTTP/1.1\r\nHost: autre.example\r\nConnection: close\r\n" +
                               token_of("tout") + "\r\n");
    EXPECT_NE(elsewhere.body.find("http://autre.example/"), std::string::npos);
    EXPECT_EQ(elsewhere.body.find("test.example"), std::string::npos);
    EXPECT_EQ(get(target + "&unknown=1", token_of("tout")).status, 400);
    EXPECT_EQ(pages().counters().hits, before + 1);
}

TEST_F(PageCaching, APageTellsWhetherItChangedAndKeepsItsGzipForm) {
    ASSERT_TRUE(is_kept("tout", "limit=300"));
    const RawAnswer plain = page("tout", "limit=300");
    const std::string target = std::string(lots) + "?limit=300";
    const std::string zip = token_of("tout") + "Accept-Encoding: gzip\r\n";
    const std::size_t bytes = pages().counters().bytes;
    const RawAnswer zipped = get(target, zip);
    EXPECT_EQ(zipped.header("Content-Encoding"), "gzip");
    EXPECT_EQ(http::gunzip(zipped.body, plain.body.size()), plain.body);
    EXPECT_GE(pages().counters().bytes, bytes + zipped.body.size()) << "it is kept, and counted";
    EXPECT_EQ(get(target, zip).body, zipped.body);
    const std::string tag = plain.header("ETag");
    ASSERT_FALSE(tag.empty());
    EXPECT_EQ(get(target, token_of("tout") + "If-None-Match: " + tag + "\r\n").status, 304);
    EXPECT_EQ(get(target, zip + "If-None-Match: " + zipped.header("ETag") + "\r\n").status, 304);
    ASSERT_EQ(edit("PATCH", std::string(lots) + "/l1", {{"properties", {{"stamp", 5}}}}).status, 204);
    EXPECT_EQ(get(target, token_of("tout") + "If-None-Match: " + tag + "\r\n").status, 200);
    EXPECT_NE(get(target, zip).body, zipped.body);
}

TEST_F(PageCaching, RightsThatBecameNarrowerAreNotAnsweredFromMemory) {
    ASSERT_TRUE(is_kept("deux", "limit=1000"));
    ASSERT_GT(read("deux", "limit=1000").size(), read("nord", "limit=1000").size());
    give("deux", "{62001}");
    EXPECT_EQ(without_time(page("deux", "limit=1000").body), without_time(page("nord", "limit=1000").body));
    for (const auto& [id, lot] : read("deux", "limit=1000")) EXPECT_EQ(lot.second, "62001") << id;
    run("delete from org.convention_right where convention_id = (select convention_id from org.convention where titre "
        "= 'Convention de deux')");
    EXPECT_TRUE(eventually([&] { return page("deux", "limit=1000").status == 404; }));
}

TEST_F(PageCaching, APageReadByOtherRulesThanItsCallersScopeIsNotKept) {
    make_person("pair", "");
    give("pair", "{62001,62002}");
    ASSERT_TRUE(is_kept("deux", "limit=700"));
    ASSERT_TRUE(is_kept("pair", "limit=700"));
    pages().clear();
    // All database threads wait for a lock and others wait for the threads, so that the page is asked by one rule and
    // read by another.
    ASSERT_EQ(get("/collections/square/items?limit=1").status, 200);
    run("begin; lock table donnees.square in access exclusive mode");
    std::vector<std::future<int>> waiting;
    for (int i = 0; i < 6; ++i)
        waiting.push_back(std::async(std::launch::async, [&, i] {
            return get(fmt::format("/collections/square/items?limit={}", i + 2)).status;
        }));
    const auto queue_has = [&](std::size_t least) {
        return eventually([&] {
            const auto counters = database_threads().counters();
            return counters.running == 3 && counters.waiting >= least;
        });
    };
    ASSERT_TRUE(queue_has(3));
    auto narrow = std::async(std::launch::async, [&] { return read("deux", "limit=700"); });
    ASSERT_TRUE(queue_has(4));
    {
        db::Connection other(dsn());
        other.run_script(
            "update org.convention_right set codes = '{62001}' where convention_id = (select convention_id from "
            "org.convention where titre = 'Convention de deux')");
    }
    run("commit");
    for (auto& answer : waiting) EXPECT_EQ(answer.get(), 200);
    for (const auto& [id, lot] : narrow.get()) ASSERT_EQ(lot.second, "62001") << "the database decides at once";
    ASSERT_TRUE(is_kept("pair", "limit=1"));
    std::set<std::string> communes;
    for (const auto& [id, lot] : read("pair", "limit=700")) communes.insert(lot.second);
    EXPECT_EQ(communes, (std::set<std::string>{"62001", "62002"})) << "his page is not the one made narrower";
}

TEST_F(PageCaching, AnotherDeclarationIsAnotherPage) {
    ASSERT_TRUE(is_kept("tout", "limit=5"));
    const auto has_kind = [&] {
        return get_json(std::string(lots) + "?limit=5", token_of("tout"))["features"][0]["properties"].contains("kind");
    };
    ASSERT_TRUE(has_kind());
    db::declare_layer(dsn(), R"({"table": "donnees.lot", "commune_column": "commune", "licence": "etalab-2.0",
                                 "fields": [{"name": "id"}, {"name": "commune"}, {"name": "stamp"}]})");
    EXPECT_TRUE(eventually([&] { return !has_kind(); }));
    ASSERT_TRUE(is_kept("tout", "limit=5"));
    // Twice within a second, which is how often the declaration's time of change ticks.
    db::declare_layer(dsn(), R"({"table": "donnees.lot", "commune_column": "commune"})");
    EXPECT_TRUE(eventually([&] { return has_kind(); }));
}

TEST_F(PageCaching, ViewsCoarsePositionsAndThePastAreNotKept) {
    const std::string coarse = "/collections/flash/items";
    const auto place = [&] { return get_json(coarse)["features"][0]["geometry"]; };
    const json exact = place();
    run("create view donnees.vue as select id, geom from donnees.flash; create table donnees.sans (id integer primary "
        "key)");
    db::declare_layer(dsn(), R"({"table": "donnees.vue", "id_column": "id", "public": true})");
    db::declare_layer(dsn(), R"({"table": "donnees.flash", "public": true, "public_resolution": "cell_1km"})");
    wait_for_layer("vue");
    // By the declaration of before, which the server may still have, there is nothing.
    ASSERT_TRUE(eventually([&] {
        const json shown = place();
        return !shown.is_null() && shown != exact;
    }));
    const auto before = pages().counters();
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(get("/collections/vue/items").status, 200);
        EXPECT_EQ(get(coarse).status, 200);
        EXPECT_EQ(page("tout", "as-of=2100-01-01T00:00:00Z").status, 200);
        EXPECT_EQ(page("tout", "f=html").status, 200);
    }
    EXPECT_EQ(pages().counters().hits, before.hits);
    EXPECT_EQ(pages().counters().pages, before.pages);
    db::declare_layer(dsn(), R"({"table": "donnees.flash", "public": true})");
    db::remove_layer(dsn(), "vue");
}

TEST_F(PageCaching, WhileTheDatabaseIsAwayNothingIsAnsweredFromMemory) {
    ASSERT_TRUE(is_kept("nord", "limit=1000"));
    database().set_away(true);
    EXPECT_EQ(page("nord", "limit=1000").status, 503);
    database().set_away(false);
    EXPECT_TRUE(eventually([&] { return page("nord", "limit=1000").status == 200; }));
    EXPECT_TRUE(is_kept("nord", "limit=1000"));
}

TEST_F(PageCaching, NoMoreIsKeptThanThereIsRoomFor) {
    live::CatalogWatch watch(dsn(), [](const std::string&) {});
    db::ConnectionPool::Options options;
    options.dsn = dsn();
    options.threads = 1;
    db::ConnectionPool pool(options);
    api::PageCache small(pool, 10'000);
    api::Call call;
    call.known = watch.current();
    call.caller = std::make_shared<const gate::Caller>();
    const gis::Layer& layer = *call.known.catalog->find("lot");
    EXPECT_FALSE(api::PageCache(pool, 0).ask(call, layer, "a"));
    const auto keep = [&](const char* words, std::size_t bytes) {
        http::Response answer = http::Response::json(std::string(bytes, 'x'));
        small.keep(*small.ask(call, layer, words), {}, answer);
        return small.counters();
    };
    EXPECT_EQ(keep("a", 2000).pages, 1U);
    EXPECT_EQ(keep("b", 2000).pages, 2U);
    EXPECT_EQ(keep("b", 2000).pages, 2U) << "in the place of the former";
    const auto full = keep("c", 2000);
    EXPECT_EQ(full.pages, 2U) << "2,000 bytes and what goes with them";
    EXPECT_EQ(full.evicted, 1U);
    EXPECT_GT(full.bytes, 4000U);
    EXPECT_LE(full.bytes, 10'000U);
    EXPECT_EQ(keep("d", 9000).bytes, full.bytes) << "too large for all of it";
    small.clear();
    EXPECT_EQ(small.counters().bytes, 0U);
    api::PageCache large(pool, std::size_t{64} << 20U);
    http::Response answer = http::Response::json(std::string((std::size_t{2} << 20U) + 1, 'x'));
    large.keep(*large.ask(call, layer, "a"), {}, answer);
    EXPECT_EQ(large.counters().pages, 0U) << "above 2 MB";
    EXPECT_EQ(std::get<std::string>(answer.body).size(), (std::size_t{2} << 20U) + 1) << "it is given all the same";
}

}  // namespace
