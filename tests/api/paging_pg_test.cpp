// Pages: nothing lost, nothing twice, tokens that cannot be bent, counts that are right.

#include <fmt/format.h>

#include <set>
#include <thread>

#include "server/db/layer_declaration.hpp"
#include "server/import/version_loader.hpp"
#include "server/import/versions.hpp"
#include "tests/api/api_fixture.hpp"
#include "tests/import/wkb.hpp"

namespace {

using test::ApiTest;
using test::json;
using test::link_of;

class Paging : public ApiTest {
  protected:
    struct Walk {
        std::vector<int> ids;
        int pages = 0;
        std::vector<int> matched;
    };
    Walk walk(std::string target) const {
        Walk walk;
        while (!target.empty() && walk.pages < 1000) {
            const json page = get_json(target);
            ++walk.pages;
            for (const json& feature : page["features"]) walk.ids.push_back(feature["id"].get<int>());
            EXPECT_EQ(page["numberReturned"], page["features"].size());
            walk.matched.push_back(page["numberMatched"].get<int>());
            const std::string next = link_of(page, "next", "application/geo+json");
            target = next.empty() ? "" : path_of(next);
        }
        return walk;
    }
    int matched(const std::string& query) const {
        return get_json("/collections/square/items?limit=1" + query)["numberMatched"];
    }
    std::string token_of(const std::string& target) const {
        const std::string next = link_of(get_json(target), "next");
        const auto begin = next.find("token=") + 6;
        return next.substr(begin, next.find('&', begin) - begin);
    }
    void expect_refused_token(const std::string& target) const {
        const RawAnswer answer = get(target);
        EXPECT_EQ(answer.status, 400) << target << " " << answer.body.substr(0, 200);
        EXPECT_NE(answer.body.find("token: "), std::string::npos) << answer.body.substr(0, 300);
    }
};

TEST_F(Paging, FollowingNextGivesEveryFeatureOnceInOrder) {
    const Walk all = walk("/collections/square/items?limit=700");
    EXPECT_EQ(all.pages, 5) << "700, 700, 700, 700, 200";
    ASSERT_EQ(all.ids.size(), 3000U);
    for (std::size_t i = 0; i < all.ids.size(); ++i) ASSERT_EQ(all.ids[i], 2 * static_cast<int>(i + 1));
    EXPECT_EQ(all.matched, std::vector<int>(5, 3000));
}

TEST_F(Paging, LastFullPageHasNoNext) {
    EXPECT_EQ(walk("/collections/square/items").pages, 3) << "1,000 without limit";
    EXPECT_EQ(walk("/collections/square/items?limit=1500").pages, 2);
    EXPECT_EQ(walk("/collections/square/items?limit=3000").pages, 1);
    EXPECT_EQ(walk("/collections/square/items?limit=2999").pages, 2);
    EXPECT_EQ(walk("/collections/square/items?limit=10000").pages, 1);
}

TEST_F(Paging, NextKeepsEveryParameter) {
    const json page = get_json(
        "/collections/square/items?limit=10&kind=b&bbox=650000,7000000,652000,7002000&bbox-crs=http://www."
        "opengis.net/def/crs/EPSG/0/2154&crs=http://www.opengis.net/def/crs/EPSG/0/3857");
    const std::string next = link_of(page, "next");
    for (const char* part :
         {"limit=10", "kind=b", "bbox=650000,7000000,652000,7002000", "0/2154", "crs=http", "0/3857"})
        EXPECT_NE(next.find(part), std::string::npos) << part << " in " << next;
    const Walk all = walk(path_of(next));
    EXPECT_EQ(all.ids.size() + 10, page["numberMatched"].get<std::size_t>());
    EXPECT_EQ(std::set<int>(all.ids.begin(), all.ids.end()).size(), all.ids.size());
}

TEST_F(Paging, NextWithoutLimitAsksForPagesOfTheSameSize) {
    const json first = get_json("/collections/square/items");
    EXPECT_EQ(first["numberReturned"], 1000);
    const json second = get_json(path_of(link_of(first, "next")));
    EXPECT_EQ(second["numberReturned"], 1000);
    EXPECT_EQ(second["features"][0]["id"], 2002);
}

TEST_F(Paging, InsertsAndDeletesMeanwhileLoseAndDoubleNothing) {
    run("drop table if exists donnees.moving cascade; create table donnees.moving as select * from donnees.square; "
        "alter table donnees.moving add primary key (id)");
    db::declare_layer(dsn(), R"({"table": "donnees.moving", "public": true, "tracked": false})");
    wait_for_layer("moving");
    std::atomic<bool> stop{false};
    std::atomic<int> inserted{0};
    std::thread writer([&] {
        db::Connection other(dsn());
        // Odd ids, all over: some before the page read now, some after. Multiples of 1,000 are deleted.
        for (int n = 0; !stop && n < 3000; ++n) {
            other.execute(
                fmt::format("insert into donnees.moving (id, kind) values ({}, 'new')", (n * 7919 % 3000) * 2 + 1));
            if (n % 500 == 0)
                other.execute(fmt::format("delete from donnees.moving where id = {}", 1000 * (n / 500 + 1)));
            inserted = n;
        }
    });
    EXPECT_TRUE(test::eventually([&] { return inserted > 10; }));
    const Walk all = walk("/collections/moving/items?limit=50");
    stop = true;
    writer.join();
    EXPECT_GT(inserted, 11) << "the writer worked meanwhile";
    std::set<int> seen;
    for (std::size_t i = 0; i < all.ids.size(); ++i) {
        EXPECT_TRUE(seen.insert(all.ids[i]).second) << all.ids[i] << " twice";
        if (i > 0) {
            EXPECT_LT(all.ids[i - 1], all.ids[i]);
        }
    }
    for (int id = 2; id <= 6000; id += 2) {
        if (id % 1000 != 0) {
            ASSERT_TRUE(seen.contains(id)) << id << " lost";
        }
    }
    run("delete from catalogue.layer where name = 'moving'; drop table donnees.moving");
}

TEST_F(Paging, TextIdsPageInTheOrderOfTheirKeys) {
    std::vector<std::string> seen;
    std::string target = "/collections/place/items?limit=2";
    while (!target.empty()) {
        const json page = get_json(target);
        for (const json& feature : page["features"]) seen.push_back(feature["id"]);
        const std::string next = link_of(page, "next");
        target = next.empty() ? "" : path_of(next);
    }
    EXPECT_EQ(seen, (std::vector<std::string>{"p1", "p2", "p3", "p4", "p5"}));
}

TEST_F(Paging, BentTokensAreRefused) {
    const std::string items = "/collections/square/items?limit=10";
    const std::string token = token_of(items);
    EXPECT_EQ(get(items + "&token=" + token).status, 200);
    EXPECT_EQ(get("/collections/square/items?limit=20&token=" + token).status, 200) << "the page size may change";
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string altered = token;
        altered[i] = altered[i] == 'A' ? 'B' : 'A';
        // The last letter of a base64 text may hold unused bits, which the decoder refuses or ignores.
        if (i + 1 == token.size()) continue;
        expect_refused_token(items + "&token=" + altered);
    }
    expect_refused_token(items + "&token=" + token + "A");
    expect_refused_token(items + "&token=" + token.substr(1));
    expect_refused_token(items + "&token=" + token.substr(0, 4));
    expect_refused_token(items + "&token=");
    expect_refused_token(items + "&token=garbage");
    EXPECT_EQ(get(items + "&token=%00%01").status, 400);
    expect_refused_token(items + "&token=" + std::string(5000, 'A'));
    expect_refused_token(items + "&kind=b&token=" + token);
    expect_refused_token(items + "&bbox=2,48,3,49&token=" + token);
    expect_refused_token("/collections/place/items?limit=10&token=" + token);
}

TEST_F(Paging, NumberMatchedWithAndWithoutFilters) {
    EXPECT_EQ(matched(""), 3000);
    EXPECT_EQ(matched("&kind=a"), 1000);
    EXPECT_EQ(matched("&kind=zzz"), 0);
    EXPECT_EQ(matched("&id=42"), 1);
    // 10 by 10 squares: the box ends in the streets between them.
    EXPECT_EQ(matched("&bbox=650990,7001090,651970,7002070&bbox-crs=EPSG:2154"), 100);
    EXPECT_EQ(
        matched("&kind=a&bbox=650990,7001090,651970,7002070&bbox-crs=EPSG:2154"),
        std::stoi(scalar("select count(*) from donnees.square where kind = 'a' and "
                         "st_xmin(geom) between 650990 and 651970 and st_ymin(geom) between 7001090 and 7002070")));
}

TEST_F(Paging, CountsAreRememberedAndRightAfterEdits) {
    EXPECT_EQ(matched("&kind=c"), 1000);
    EXPECT_EQ(get_json("/collections/square/items?limit=2&kind=c")["numberMatched"], 1000);
    EXPECT_GE(counts().counters().hits, 1U);
    run("insert into donnees.square (id, kind) values (7001, 'c')");
    EXPECT_EQ(matched("&kind=c"), 1001);
    run("update donnees.square set kind = 'd' where id = 7001");
    EXPECT_EQ(matched("&kind=c"), 1000);
    EXPECT_EQ(matched("&kind=d"), 1);
    run("delete from donnees.square where id = 7001");
    EXPECT_EQ(matched("&kind=d"), 0);
    EXPECT_EQ(matched(""), 3000);
}

TEST_F(Paging, CountSeesAnEditThatCommitsAfterALaterOne) {
    run("insert into donnees.square (id, kind) values (7003, 'e'), (7005, 'e')");
    EXPECT_EQ(matched("&kind=e"), 2);  // more than the page: counted and remembered
    db::Connection slow(dsn());
    slow.execute("begin");
    slow.execute("insert into donnees.square (id, kind) values (7007, 'e')");
    run("insert into donnees.square (id, kind) values (7009, 'e')");
    EXPECT_EQ(matched("&kind=e"), 3) << "remembered while the earlier edit is still open";
    slow.execute("commit");
    EXPECT_EQ(matched("&kind=e"), 4);
    run("delete from donnees.square where kind = 'e'");
}

TEST_F(Paging, CountIsRightAfterVersionsAreSwapped) {
    const auto load = [&](int count) {
        gis::RowBatch batch{"cadastre.lieu_dit", {"id", "commune"}, {}};
        for (int i = 0; i < count; ++i)
            batch.rows.push_back(
                {{fmt::format("l{}", i), std::string("62001")}, test::square_wkb(700000, 6600000, 10)});
        importing::VersionLoader loader(dsn(), {});
        loader.write(batch);
        loader.publish();
    };
    const auto places = [&] { return get_json("/collections/lieu_dit/items?limit=1")["numberMatched"].get<int>(); };
    EXPECT_EQ(places(), 0);
    load(5);
    EXPECT_EQ(places(), 5);
    EXPECT_EQ(places(), 5);
    load(7);
    EXPECT_EQ(places(), 7);
    importing::roll_back(connection(), "cadastre.lieu_dit");
    EXPECT_EQ(places(), 5);
}

}  // namespace
