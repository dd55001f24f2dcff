// Tiles from memory are those of the database: after edits by many at once, version swaps, TRUNCATE, transactions that
// commit late, lost connections; and for callers who see a part.

#include <fmt/format.h>

#include <atomic>
#include <future>
#include <random>
#include <set>
#include <thread>

#include "server/api/tile_repacker.hpp"
#include "server/db/layer_declaration.hpp"
#include "server/http/compression.hpp"
#include "tests/api/tile_fixture.hpp"
#include "tests/support/mvt.hpp"

namespace {

using test::eventually;
using test::tile_path;
using test::TileTest;
using namespace std::chrono_literals;

constexpr int rows_at_start = 1500;

class TileFreshness : public TileTest {
  protected:
    static void SetUpTestSuite() {
        TileTest::SetUpTestSuite();
        db::Connection connection(dsn());
        connection.run_script(fmt::format(
            "create table donnees.plot (id text primary key, commune text not null, stamp integer not null default 0, "
            "geom geometry(Polygon, 2154)); create index on donnees.plot using gist (geom); "
            "insert into donnees.plot select 'p' || n, '6200' || n % 3, 0, "
            "st_makeenvelope(x, y, x + 30, y + 30, 2154) from (select n, 700000 + n % 40 * 100 x, 6600000 + n / 40 * "
            "100 y from generate_series(1, {}) n) a",
            rows_at_start));
        db::declare_layer(dsn(), R"({"table": "donnees.plot", "commune_column": "commune", "public": true,
                                     "min_zoom": 10, "max_zoom": 17})");
    }

    /// id to stamp, of one tile.
    std::map<std::string, std::string> stamps(const std::string& path, const std::string& headers = "") const {
        const RawAnswer answer = get(path, headers);
        std::map<std::string, std::string> found;
        if (answer.status == 204) return found;
        EXPECT_EQ(answer.status, 200) << path << answer.body;
        for (const auto& layer : test::decode_mvt(answer.body))
            for (const auto& feature : layer.features)
                found[feature.properties.at("id")] = feature.properties.at("stamp");
        return found;
    }
};

TEST_F(TileFreshness, EditsByManyAreInTheNextTileAndEveryTileKeptIsAsFresh) {
    wait_until_held("plot");
    const int edits = test::edits_asked();
    constexpr int editors = 3;
    std::atomic<int> done{0};
    std::atomic<bool> over{false};
    test::Problems problems;
    std::vector<std::thread> threads;
    for (int e = 0; e < editors; ++e) {
        threads.emplace_back([&, e] {
            db::Connection connection(dsn());
            std::mt19937 random(static_cast<unsigned>(e) + 1);
            struct Known {
                double x, y;
                int stamp;
            };
            std::map<std::string, Known> mine;
            const auto edit = [&](const std::string& sql) {
                connection.run_script(sql);
                answer_edit();
                ++done;
            };
            for (int n = 1; done < edits; ++n) {
                const std::string id = fmt::format("e{}_{}", e, random() % 60);
                const double x = 700000 + static_cast<double>(random() % 4000);
                const double y = 6600000 + static_cast<double>(random() % 4000);
                const int size = 5 + static_cast<int>(random() % 200);
                const auto known = mine.find(id);
                if (known == mine.end()) {
                    edit(fmt::format(
                        "insert into donnees.plot values ('{}', '62001', {}, st_makeenvelope({}, {}, {}, {}, 2154))",
                        id, n, x, y, x + size, y + size));
                    mine[id] = {x, y, n};
                } else if (random() % 3 == 0) {
                    const std::string path =
                        tile_path("plot", 14 + static_cast<int>(random() % 4), known->second.x, known->second.y);
                    edit(fmt::format("delete from donnees.plot where id = '{}'", id));
                    if (stamps(path).contains(id)) problems.add(id + " was deleted and is in " + path);
                    mine.erase(known);
                    continue;
                } else {
                    const std::string old = tile_path("plot", 17, known->second.x, known->second.y);
                    edit(
                        fmt::format("update donnees.plot set stamp = {}, geom = st_buffer(st_setsrid(st_makepoint({}, "
                                    "{}), 2154), {}, 3) where id = '{}'",
                                    n, x, y, 3 + size / 10, id));
                    known->second = {x, y, n};
                    const auto there = stamps(old);
                    const auto found = there.find(id);
                    if (found != there.end() && found->second != std::to_string(n))
                        problems.add(id + " is old in " + old);
                }
                const std::string path = tile_path("plot", 14 + static_cast<int>(random() % 4), x + 1, y + 1);
                const auto there = stamps(path);
                const auto found = there.find(id);
                if (found == there.end() || found->second != std::to_string(n))
                    problems.add(fmt::format("{} with stamp {} is not in {}", id, n, path));
            }
        });
    }
    // Readers keep the cache full, and the late committer its transactions open.
    std::vector<std::thread> others;
    for (unsigned r = 0; r < 2; ++r) {
        others.emplace_back([&, r] {
            std::mt19937 random(100 + r);
            while (!over) {
                stamps(tile_path("plot", 10 + static_cast<int>(random() % 8),
                                 700000 + static_cast<double>(random() % 4000),
                                 6600000 + static_cast<double>(random() % 4000)));
            }
        });
    }
    others.emplace_back([&] {
        db::Connection connection(dsn());
        for (int n = 1; !over; ++n) {
            const double x = 700050 + n % 40 * 100;
            connection.run_script(
                fmt::format("begin; insert into donnees.plot values ('late{}', '62001', {}, st_makeenvelope({}, "
                            "6600500, {}, 6600510, 2154))",
                            n, n, x, x + 10));
            std::this_thread::sleep_for(30ms);
            connection.run_script("commit");
            answer_edit();
            if (!stamps(tile_path("plot", 17, x + 5, 6600505)).contains(fmt::format("late{}", n)))
                problems.add(fmt::format("late{} is not there", n));
        }
    });
    for (std::thread& thread : threads) thread.join();
    over = true;
    for (std::thread& thread : others) thread.join();
    problems.report();

    // Every tile kept: byte for byte what is made now, and what another engine makes that read the layer afresh.
    test::FreshTiles fresh(dsn(), "plot");
    const gis::Layer& layer = fresh.layer();
    gis::Scope everybody;
    everybody.add(layer.id).grant(gis::Right::Read).everything = true;
    const auto view = fresh.engine().view_of({&layer}, everybody);
    const auto own_view = tiles().view_of({&layer}, everybody);
    ASSERT_TRUE(view && own_view);
    std::size_t compared = 0;
    for (const tiles::TileKey& key : tiles().cache().keys()) {
        if (key.view != own_view->id) continue;
        const auto kept = tiles().cache().find(key);
        std::string now;
        std::string afresh;
        ASSERT_TRUE(tiles().encode(*own_view, key.coord, now));
        ASSERT_TRUE(fresh.engine().encode(*view, key.coord, afresh));
        ASSERT_EQ(*kept->bytes() == now, true) << key.coord.z << "/" << key.coord.x << "/" << key.coord.y;
        if (key.coord.z >= 14) {
            ASSERT_EQ(now == afresh, true) << key.coord.z << "/" << key.coord.x << "/" << key.coord.y;
        }
        ++compared;
    }
    fmt::print("{} edits, {} tiles compared\n", done.load(), compared);
    EXPECT_GT(compared, 50U);
}

TEST_F(TileFreshness, PlainSqlShowsWithinMoments) {
    wait_until_held("plot");
    const std::string path = tile_path("plot", 16, 700115, 6600015);
    ASSERT_TRUE(stamps(path).contains("p1"));
    std::vector<double> times;
    for (int n = 1; n <= 30; ++n) {
        run(fmt::format("update donnees.plot set stamp = {} where id = 'p1'", 1000 + n));
        const auto begin = std::chrono::steady_clock::now();
        ASSERT_TRUE(eventually([&] { return stamps(path)["p1"] == std::to_string(1000 + n); }, 2s));
        times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
    }
    std::sort(times.begin(), times.end());
    fmt::print("commit to fresh tile: median {:.1f} ms, greatest {:.1f} ms\n", times[15], times.back());
}

TEST_F(TileFreshness, TruncateAndNewRows) {
    run("create table donnees.brief (id integer primary key, geom geometry(Point, 2154)); "
        "insert into donnees.brief values (1, 'SRID=2154;POINT(700000 6600000)')");
    db::declare_layer(dsn(), R"({"table": "donnees.brief", "public": true})");
    wait_until_held("brief");
    const std::string path = tile_path("brief", 15, 700000.5, 6599999.5);
    EXPECT_EQ(get(path).status, 200);
    run("truncate donnees.brief");
    answer_edit();
    EXPECT_EQ(get(path).status, 204) << "nothing is left, whether it is held again already or not";
    run("insert into donnees.brief values (2, 'SRID=2154;POINT(700000 6600000)')");
    answer_edit();
    EXPECT_EQ(test::decode_mvt(get(path).body).at(0).features.at(0).id, std::optional<std::uint64_t>(2));
    wait_until_held("brief");
    db::remove_layer(dsn(), "brief");
    EXPECT_TRUE(eventually([&] { return get(path).status == 404; }));
}

TEST_F(TileFreshness, ANewVersionIsShownAndTheOldOneNoMore) {
    wait_until_held("lieu_dit");
    const std::string path = tile_path("lieu_dit", 16, 700010, 6600010);
    EXPECT_EQ(get(path).status, 204);
    publish_version();
    answer_edit();
    EXPECT_EQ(get(path).status, 200);
    wait_until_held("lieu_dit");
    EXPECT_EQ(get(path).status, 200);
    withdraw_version();
    answer_edit();
    EXPECT_EQ(get(path).status, 204);
}

TEST_F(TileFreshness, ALostConnectionLosesNoChange) {
    wait_until_held("plot");
    const std::string path = tile_path("plot", 16, 700215, 6600015);
    ASSERT_TRUE(stamps(path).contains("p2"));
    end_connections();
    run("update donnees.plot set stamp = 4242 where id = 'p2'");
    EXPECT_TRUE(eventually([&] {
        const RawAnswer answer = get(path);
        return answer.status == 200 && stamps(path)["p2"] == "4242";
    }));
    EXPECT_TRUE(eventually([&] { return tiles().is_current(); }));
    EXPECT_EQ(stamps(path)["p2"], "4242");
}

TEST_F(TileFreshness, WhoSeesSomeCommunesGetsThoseFromMemory) {
    wait_until_held("plot");
    make_person("lecteur", "");
    run("insert into org.convention_right (convention_id, line, layer_id, communes, codes, rights) "
        "select c.convention_id, 1, l.layer_id, 'list', '{62002}', '{read}' from org.convention c, catalogue.layer l "
        "where c.titre = 'Convention de lecteur' and l.name = 'plot'");
    run("select access.set_public(layer_id, false) from catalogue.layer where name = 'plot'");
    EXPECT_TRUE(eventually([&] { return get("/tiles/plot/14/0/0.mvt").status == 404; }))
        << "nobody's without a convention";
    const std::string header = test::ApiTest::token_of("lecteur");
    const auto ids_at = [&] {
        std::set<std::string> ids;
        for (const auto& [id, stamp] : stamps(tile_path("plot", 14, 701500, 6601500), header)) ids.insert(id);
        return ids;
    };
    std::set<std::string> seen;
    ASSERT_TRUE(eventually([&] { return !(seen = ids_at()).empty(); }));
    const auto allowed = column("select id from donnees.plot where commune = '62002'");
    for (const std::string& id : seen) EXPECT_NE(std::find(allowed.begin(), allowed.end(), id), allowed.end()) << id;
    EXPECT_GT(seen.size(), 50U);
    const auto before = tiles().cache().counters();
    EXPECT_TRUE(eventually([&] { return ids_at() == seen && tiles().cache().counters().hits > before.hits; }))
        << "from memory";
    // One of his features goes to another commune: it is gone from his tile.
    const std::string one = *seen.begin();
    run("update donnees.plot set commune = '62001' where id = '" + one + "'");
    answer_edit();
    EXPECT_FALSE(ids_at().contains(one));
    // His tiles by SQL are the same bytes.
    const RawAnswer from_memory = get(tile_path("plot", 14, 701500, 6601500), header);
    db::set_layer(dsn(), "plot", "tiles", "sql");
    ASSERT_TRUE(eventually([&] { return !is_held("plot"); }));
    EXPECT_EQ(get(tile_path("plot", 14, 701500, 6601500), header).body, from_memory.body);
    db::set_layer(dsn(), "plot", "tiles", "auto");
    run("select access.set_public(layer_id, true) from catalogue.layer where name = 'plot'");
    wait_until_held("plot");
}

TEST_F(TileFreshness, ATileTellsWhetherItChanged) {
    wait_until_held("plot");
    const std::string path = tile_path("plot", 15, 701000, 6601000);
    const RawAnswer first = get(path);
    ASSERT_EQ(first.status, 200);
    const std::string tag = first.header("ETag");
    EXPECT_EQ(get(path, "If-None-Match: " + tag + "\r\n").status, 304);
    const RawAnswer zipped = get(path, "Accept-Encoding: gzip\r\n");
    EXPECT_EQ(zipped.header("Content-Encoding"), "gzip");
    EXPECT_LT(zipped.body.size(), first.body.size());
    run("update donnees.plot set stamp = stamp + 1");
    answer_edit();
    EXPECT_EQ(get(path, "If-None-Match: " + tag + "\r\n").status, 200);
}

TEST_F(TileFreshness, ATileAskedForOftenIsPackedSmallerAndStaysTheSame) {
    wait_until_held("plot");
    const std::string path = tile_path("plot", 14, 702000, 6601500);
    const std::string zip = "Accept-Encoding: gzip\r\n";
    const std::string bytes = get(path).body;
    const RawAnswer before = get(path, zip);
    ASSERT_EQ(http::gunzip(before.body, bytes.size()), bytes);
    EXPECT_GT(api::TileRepacker::repack(tiles().cache(), 1000), 0U);
    EXPECT_EQ(api::TileRepacker::repack(tiles().cache(), 1000), 0U);
    const RawAnswer after = get(path, zip);
    EXPECT_LT(after.body.size(), before.body.size());
    EXPECT_EQ(http::gunzip(after.body, bytes.size()), bytes);
    EXPECT_EQ(after.header("ETag"), before.header("ETag"));
}

TEST_F(TileFreshness, ReadyTilesAreFoundForWhoShowsTheSameAgain) {
    connection().run_script(
        "create table donnees.closed (like donnees.plot including all); "
        "insert into donnees.closed select * from donnees.plot");
    db::declare_layer(dsn(), R"({"table": "donnees.closed", "min_zoom": 10, "max_zoom": 17})");
    make_person("rita", "read");
    make_person("rene", "");
    wait_until_held("closed");
    const std::string path = tile_path("closed", 15, 701000, 6601000);
    const std::string key = "X-API-Key: secret_of_rita\r\n";
    for (const std::string& shown : {token_of("rita"), key, token_of("rene"), std::string()})
        EXPECT_FALSE(ready(path, shown)) << "nobody asked yet: " << shown;
    EXPECT_EQ(get(path, token_of("rene")).status, 404);
    EXPECT_EQ(get(path).status, 404);
    const RawAnswer asked = get(path, token_of("rita"));
    ASSERT_EQ(asked.status, 200);
    ASSERT_TRUE(eventually([&] { return get(path, token_of("rita")).status == 200 && ready(path, token_of("rita")); }));
    EXPECT_EQ(*ready(path, token_of("rita"))->body, asked.body);
    EXPECT_NE(ready(path, token_of("rita"))->lines.find("Cache-Control: private"), std::string::npos);
    EXPECT_TRUE(eventually([&] { return get(path, key).status == 200 && ready(path, key); })) << "by another header";
    for (const std::string& shown :
         {token_of("rene"), std::string(), token_of("rita") + key, token_of("rita") + "Cookie: carreau_session=x\r\n"})
        EXPECT_FALSE(ready(path, shown)) << shown;
    const auto is_measured = [&](const std::string& shown) {
        return get("/metrics", shown).body.find("layer=\"closed\"") != std::string::npos;
    };
    EXPECT_TRUE(is_measured(token_of("rita")));
    EXPECT_FALSE(is_measured(token_of("rene")));
    EXPECT_FALSE(is_measured(""));
    EXPECT_NE(get("/metrics").body.find("carreau_tile_layer_features{layer=\"plot\"} "), std::string::npos);
    run("update access.credential c set revoked_at = clock_timestamp() from org.person p "
        "where p.person_id = c.person_id and p.login = 'rita'");
    EXPECT_TRUE(eventually([&] { return !ready(path, token_of("rita")) && !ready(path, key); }, 5s));
    EXPECT_EQ(get(path, token_of("rita")).status, 401);
}

}  // namespace
