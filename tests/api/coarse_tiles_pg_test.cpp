// Tiles of sensitive layers from memory: at every caller's own resolution as the database gives it, while everything is
// edited, and without a trace of what he may not see.

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <future>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "gis/query/tile_sql.hpp"
#include "server/db/layer_declaration.hpp"
#include "tests/api/scoped_fixture.hpp"
#include "tests/support/mvt.hpp"

namespace {

using test::ScopedTest;

/// Three layers over four communes, which lie side by side, 2 km wide each:
///   find  polygons with a commune: cells of 1 km for the public, footprints for agents, whose name the public is not
///   told well  points in communes told by a table: the commune for the public, exact for agents cave  polygons without
///   communes: hidden from the public, the commune for agents
class CoarseTiles : public ScopedTest {
  protected:
    static void SetUpTestSuite() {
        ScopedTest::SetUpTestSuite();
        db::Connection connection(dsn());
        connection.run_script(
            "insert into org.commune (code_insee, nom, geom) select '6200' || i, 'c' || i, "
            "st_multi(st_makeenvelope(698000 + i * 2000, 6600000, 700000 + i * 2000, 6604000, 2154)) from "
            "generate_series(1, 4) i; "
            "create table donnees.find (id text primary key, commune text, name text, kind text, geom "
            "geometry(MultiPolygon, 2154)); "
            "create table donnees.well (id text primary key, name text, geom geometry(Point, 2154)); "
            "create table donnees.well_commune (well text, code text); "
            "create table donnees.cave (id text primary key, name text, geom geometry(MultiPolygon, 2154)); "
            "insert into donnees.find select 'f' || n, '6200' || n % 4 + 1, 'name ' || n, 'k' || n % 3, "
            "st_multi(st_buffer(p, 10 + n % 80, 3)) from (select n, st_setsrid(st_makepoint(700000 + n * 977 % 8000, "
            "6600000 + n * 1571 % 4000), 2154) p from generate_series(0, 119) n) a; "
            "insert into donnees.well select 'w' || n, 'name ' || n, st_setsrid(st_makepoint(700000 + n * 977 % 8000, "
            "6600000 + n * 1571 % 4000), 2154) from generate_series(0, 79) n; "
            "insert into donnees.well_commune select 'w' || n, '6200' || n % 4 + 1 from generate_series(0, 79) n; "
            "insert into donnees.well_commune select 'w' || n, '6200' || n / 7 % 4 + 1 from generate_series(0, 79, 3) "
            "n; "
            "insert into donnees.cave select 'c' || n, 'name ' || n, st_multi(st_buffer(p, 60, 2)) from (select n, "
            "st_setsrid(st_makepoint(700000 + n * 977 % 8000, 6600000 + n * 1571 % 4000), 2154) p from "
            "generate_series(0, 29) n) a");
        db::declare_layer(dsn(), R"({"table": "donnees.find", "public": true, "commune_column": "commune",
            "public_resolution": "cell_1km", "agent_resolution": "footprint", "public_hidden_fields": ["name"],
            "min_zoom": 10, "max_zoom": 17, "style": [{"type": "symbol", "minzoom": 12}]})");
        db::declare_layer(dsn(), R"x({"table": "donnees.well", "public": true, "public_resolution": "commune",
            "commune_link": "donnees.well_commune(well, code)", "agent_resolution": "exact",
            "public_hidden_fields": ["name"], "min_zoom": 10, "max_zoom": 17})x");
        db::declare_layer(dsn(), R"({"table": "donnees.cave", "public": true, "public_resolution": "hidden",
            "agent_resolution": "commune", "min_zoom": 10, "max_zoom": 17})");
    }
    void SetUp() override {
        ScopedTest::SetUp();
        if (scalar("select count(*) from org.person where login = 'agent'") == "0") {
            for (const char* layer : layers) {
                give("agent", layer, "all", "read");
                give("half", layer, "62001,62003", "read");
                give("specialist", layer, "62002", "exact");
                give("mixed", layer, "62002", "exact");
                give("mixed", layer, "62003,62004", "read");
                give("all", layer, "all", "exact");
                engage("surveyor", layer, "701000, 6601000, 703500, 6602500", "exact");
            }
        }
        for (const char* layer : layers) wait_until_held(layer);
        answer_edit();
    }

    /// Tiles of a square of Lambert-93, 1 km wide, at every zoom of the layers.
    static std::set<std::tuple<int, unsigned, unsigned>> tiles_around(double x, double y) {
        std::set<std::tuple<int, unsigned, unsigned>> found;
        for (int z = 10; z <= 17; ++z) {
            for (int step = 0; step < 121; ++step) {
                const int row = step / 11;
                const auto at = test::tile_at(z, x + step % 11 * 100, y + row * 100);
                found.insert({z, at.x, at.y});
            }
        }
        return found;
    }

    static constexpr const char* layers[] = {"find", "well", "cave"};
    const std::vector<std::string> callers{"", "agent", "half", "specialist", "mixed", "all", "surveyor"};
};

TEST_F(CoarseTiles, EveryCallerHasWhatThePoliciesGiveHimAfterEveryEdit) {
    std::map<std::string, gis::Layer> known;
    std::uint64_t before = 0;
    for (const char* layer : layers) {
        known[layer] = declared(layer);
        before += from_memory(layer);
    }
    std::mt19937 random(3);
    const auto pick = [&](unsigned count) { return static_cast<int>(random() % count); };
    std::size_t seen = 0;
    const int edits = test::edits_asked() / 4;
    for (int n = 0; n < edits; ++n) {
        const std::string layer = layers[pick(3)];
        const std::string id = fmt::format("{}{}", layer.front(), pick(130));
        const int x = 700000 + pick(8000);
        const int y = 6600000 + pick(4000);
        const std::string point = fmt::format("st_setsrid(st_makepoint({}, {}), 2154)", x, y);
        const std::string shape =
            layer == "well" ? point : fmt::format("st_multi(st_buffer({}, {}, 2))", point, 2 + pick(90));
        const std::string code = fmt::format("6200{}", 1 + pick(4));
        const std::string edit[] = {
            fmt::format(
                "insert into donnees.{} (id, name, geom) values ('{}', 'new', {}) on conflict (id) do update set "
                "geom = excluded.geom",
                layer, id, shape),
            fmt::format("delete from donnees.{} where id = '{}'", layer, id),
            fmt::format("update donnees.{} set name = 'n{}' where id = '{}'", layer, n, id),
            fmt::format("update donnees.find set commune = nullif('{}', '62004') where id = 'f{}'", code, pick(130)),
            fmt::format("insert into donnees.well_commune values ('w{}', '{}')", pick(90), code),
            fmt::format("delete from donnees.well_commune where well = 'w{}'", pick(90)),
            fmt::format("update donnees.well_commune set code = '{}' where well = 'w{}'", code, pick(90)),
            n % 5 != 0 ? std::string("select 1")
                       : fmt::format("update org.commune set geom = st_multi(st_makeenvelope(st_xmin(geom), 6600000, "
                                     "st_xmax(geom), {}, 2154)) where code_insee = '{}'",
                                     6603000 + pick(1500), code)};
        run(edit[pick(8)]);
        answer_edit();
        for (const char* name : layers) {
            const tiles::TileCoord at = test::tile_at(10 + pick(8), x, y);
            for (const std::string& caller : callers) seen += expect_right(caller, known[name], at);
        }
        ASSERT_FALSE(HasFailure()) << edit;
    }
    std::uint64_t held = 0;
    for (const char* layer : layers) held += from_memory(layer);
    // Nobody without a line of his own has a tile of caves, and the surveyor's perimeter is for the database.
    const std::size_t asked = static_cast<std::size_t>(edits) * (callers.size() * 3 - 4);
    fmt::print("{} edits, {} tiles, {} of them from memory, {} features\n", edits, asked, held - before, seen);
    EXPECT_GT(held - before, asked * 3 / 4) << "all but while layers were read anew";
    EXPECT_GT(seen, asked);
}

/// Where the finds, wells and caves are inside what is shown of them does not show in any tile, be it by its absence.
TEST_F(CoarseTiles, TilesDoNotDependOnThePlaceInsideWhatIsShown) {
    run("delete from donnees.find; delete from donnees.well; delete from donnees.well_commune; delete from "
        "donnees.cave");
    const auto place = [&](int dx, int dy, double radius) {
        run(fmt::format(
            "insert into donnees.find select 'f' || n, '6200' || 1 + n % 2, 'n', 'k', st_multi(st_buffer(st_setsrid("
            "st_makepoint(701000 + n % 3 * 350 + {0}, 6601000 + n / 3 * 350 + {1}), 2154), {2}, 4)) from "
            "generate_series(0, 5) n on conflict (id) do update set geom = excluded.geom; "
            "insert into donnees.well select 'w' || n, 'n', st_setsrid(st_makepoint(700500 + n * 150 + {0}, 6601500 + "
            "{1}), "
            "2154) from generate_series(0, 3) n on conflict (id) do update set geom = excluded.geom; "
            "insert into donnees.well_commune select 'w' || n, '62001' from generate_series(0, 3) n where not exists "
            "(select from donnees.well_commune); "
            "insert into donnees.cave select 'c' || n, 'n', st_multi(st_buffer(st_setsrid(st_makepoint(700500 + n * "
            "150 + "
            "{0}, 6601300 + {1}), 2154), {2}, 4)) from generate_series(0, 3) n on conflict (id) do update set geom = "
            "excluded.geom",
            dx, dy, radius));
        answer_edit();
    };
    using Tiles = std::map<std::pair<std::string, std::tuple<int, unsigned, unsigned>>, std::string>;
    const auto all_of = [&](const std::string& caller) {
        Tiles all;
        for (const char* layer : layers) {
            for (const auto& [z, x, y] : tiles_around(700800, 6600900))
                all[{layer, {z, x, y}}] = answered(caller, layer, {z, x, y});
        }
        return all;
    };
    const auto differing = [](const Tiles& a, const Tiles& b) {
        std::map<std::string, int> count;
        for (const auto& [key, tile] : a) count[key.first] += tile != b.at(key) ? 1 : 0;
        return count;
    };
    using Count = std::map<std::string, int>;
    place(3, 3, 2);
    const auto before = [&] {
        std::map<std::string, Tiles> found;
        for (const std::string& caller : callers) found[caller] = all_of(caller);
        return found;
    }();
    std::size_t shown = 0;
    for (const auto& [key, tile] : before.at("")) shown += tile.empty() ? 0U : 1U;
    EXPECT_GT(shown, 30U);
    // In the same 50 m: agents see exact wells.
    place(45, 40, 3);
    EXPECT_EQ(differing(before.at(""), all_of("")), (Count{{"find", 0}, {"well", 0}, {"cave", 0}}));
    for (const char* caller : {"agent", "half"}) {
        Count count = differing(before.at(caller), all_of(caller));
        EXPECT_GT(count["well"], 5) << caller << " would see other places";
        count.erase("well");
        EXPECT_EQ(count, (Count{{"find", 0}, {"cave", 0}})) << caller;
    }
    Count exact = differing(before.at("all"), all_of("all"));
    EXPECT_TRUE(exact["find"] > 5 && exact["well"] > 5 && exact["cave"] > 5);
    // The specialist's own commune alone: the even finds are in the other.
    EXPECT_GT(differing(before.at("specialist"), all_of("specialist"))["find"], 5);
    // In the same kilometre, and commune: of the agents' finds other footprints.
    place(180, 220, 30);
    EXPECT_EQ(differing(before.at(""), all_of("")), (Count{{"find", 0}, {"well", 0}, {"cave", 0}}));
    const Count agents = differing(before.at("agent"), all_of("agent"));
    EXPECT_GT(agents.at("find"), 5);
    EXPECT_EQ(agents.at("cave"), 0);
}

TEST_F(CoarseTiles, NoVertexIsNearerToTheTruthThanTheResolutionAllows) {
    run("delete from donnees.find");
    run("insert into donnees.find select 'f' || n, '62001', 'secret', 'k', st_multi(st_buffer(st_setsrid(st_makepoint("
        "700525 + n * 1000, 6601525), 2154), 2)) from generate_series(0, 3) n");
    answer_edit();
    const auto nearest = [&](const std::string& caller, int least_zoom) {
        double least = 1e9;
        std::size_t looked_at = 0;
        for (const auto& [z, x, y] : tiles_around(700000, 6601000)) {
            if (z < least_zoom) continue;
            const std::string tile = answered(caller, "find", {z, x, y});
            const double unit = 2 * 20037508.342789244 / std::exp2(z) / gis::tile_extent;
            std::string points;
            for (const auto& layer : test::decode_mvt(tile)) {
                if (layer.name != "find") continue;
                for (const auto& feature : layer.features) {
                    EXPECT_EQ(feature.properties.contains("name"), !caller.empty());
                    for (const auto& [px, py] : feature.vertices) {
                        // Where a tile cuts what is around it tells nothing of it.
                        const auto is_cut = [](int v) {
                            return v == -gis::tile_buffer || v == gis::tile_extent + gis::tile_buffer;
                        };
                        if (is_cut(px) || is_cut(py)) continue;
                        points +=
                            fmt::format("{}({}::float8, {}::float8)", points.empty() ? "" : ", ",
                                        (static_cast<double>(x) * gis::tile_extent + px) * unit - 20037508.342789244,
                                        20037508.342789244 - (static_cast<double>(y) * gis::tile_extent + py) * unit);
                    }
                }
            }
            if (points.empty()) continue;
            ++looked_at;
            least = std::min(least, std::stod(scalar("select min(st_distance(f.geom, st_transform(st_setsrid("
                                                     "st_makepoint(x, y), 3857), 2154))) from (values " +
                                                     points + ") v (x, y), donnees.find f")));
        }
        EXPECT_GT(looked_at, 5U) << caller;
        return least;
    };
    EXPECT_LT(nearest("all", 10), 1) << "the exact shapes are found";
    EXPECT_GT(nearest("", 10), 600)
        << "corners of square kilometres, whose middles they lie near, to a unit of zoom 10";
    EXPECT_GT(nearest("agent", 14), 30) << "corners of 50 m, to a unit of zoom 14";
}

TEST_F(CoarseTiles, AnotherDeclarationHoldsForTheNextTile) {
    run("insert into donnees.find select 'd' || n, '62001', 'n', 'k', st_multi(st_buffer(st_setsrid(st_makepoint("
        "700525 + n * 100, 6603525), 2154), 20)) from generate_series(0, 9) n");
    answer_edit();
    const tiles::TileCoord at = test::tile_at(14, 700900, 6603500);
    // A layer that was hidden from the caller is not there before the catalogue was read again.
    const auto expect_all_right = [&](const std::string& what) {
        answer_edit();
        const gis::Layer now = declared("find");
        for (const std::string& caller : callers) {
            const std::string tile = answered(caller, "find", at);
            EXPECT_TRUE(tile.empty() || tile == by_policies(caller, now, at)) << caller << ", " << what;
        }
    };
    expect_all_right("at first");
    for (const auto& [key, value] :
         std::vector<std::pair<std::string, std::string>>{{"agent_resolution", "exact"},
                                                          {"public_resolution", "footprint"},
                                                          {"agent_resolution", "footprint"},
                                                          {"public_resolution", "hidden"},
                                                          {"agent_resolution", "hidden"},
                                                          {"agent_resolution", "cell_1km"},
                                                          {"public_resolution", "commune"},
                                                          {"public_hidden_fields", "[]"},
                                                          {"public_resolution", "cell_1km"},
                                                          {"agent_resolution", "footprint"},
                                                          {"public_hidden_fields", "[\"name\"]"}}) {
        db::set_layer(dsn(), "find", key, value);
        expect_all_right(fmt::format("{} {}, at once", key, value));
        ASSERT_TRUE(test::eventually([&] { return is_held("find"); }));
        for (const std::string& caller : callers) {
            EXPECT_TRUE(test::eventually([&] {
                return answered(caller, "find", at) == by_policies(caller, declared("find"), at);
            })) << caller
                << ", " << key << " " << value << ", from memory";
        }
    }
    run("delete from donnees.find where id like 'd%'");
}

/// A layer that becomes sensitive while it is held and its tiles are ready.
TEST_F(CoarseTiles, WhatBecomesSensitiveIsNotShownAsItWas) {
    run("create table donnees.den (id text primary key, geom geometry(MultiPolygon, 2154)); insert into donnees.den "
        "values ('a', st_multi(st_buffer(st_setsrid(st_makepoint(700525, 6603525), 2154), 2)))");
    db::declare_layer(dsn(), R"({"table": "donnees.den", "public": true})");
    wait_until_held("den");
    const tiles::TileCoord at = test::tile_at(16, 700525, 6603525);
    const std::string exact = answered("", "den", at);
    ASSERT_EQ(test::ids_of(exact), std::set<std::string>{"a"});
    ASSERT_EQ(answered("", "den", at), exact);
    for (const char* resolution : {"footprint", "exact", "hidden", "exact", "cell_1km"}) {
        const bool coarse = std::string(resolution) != "exact";
        const auto told = coarse ? std::vector<std::string>{"public_resolution", "agent_resolution"}
                                 : std::vector<std::string>{"agent_resolution", "public_resolution"};
        for (const std::string& key : told) {
            db::set_layer(dsn(), "den", key, resolution);
            answer_edit();
            if (coarse) {
                EXPECT_NE(answered("", "den", at), exact) << key << " " << resolution;
            }
        }
        // Once the catalogue is read again, before which nothing may be answered, and once the layer is held again.
        const std::string right = by_policies("", declared("den"), at);
        ASSERT_EQ(right == exact, !coarse);
        const std::string path = test::tile_path("den", 16, 700525, 6603525);
        const bool hidden = std::string(resolution) == "hidden";
        ASSERT_TRUE(test::eventually([&] {
            const RawAnswer answer = get(path);
            return hidden ? answer.status == 404 : answer.status == 200 && answer.body == right;
        }));
        ASSERT_TRUE(test::eventually([&] { return is_held("den"); }));
        EXPECT_EQ(answered("", "den", at), right);
    }
    db::remove_layer(dsn(), "den");
}

TEST_F(CoarseTiles, WhoAsksWhileTheLayerIsDeclaredAnewIsAnswered) {
    std::atomic<bool> over{false};
    auto asker = std::async(std::launch::async, [&] {
        std::map<int, int> statuses;
        while (!over) {
            ++statuses[get("/collections/find/items?limit=5").status];
            ++statuses[get(test::tile_path("find", 18, 700525, 6603525)).status];
        }
        return statuses;
    });
    std::string failure;
    try {
        for (int time = 0; time < 4; ++time) {
            db::set_layer(dsn(), "find", "agent_resolution", "exact");
            db::set_layer(dsn(), "find", "public_resolution", "exact");
            std::this_thread::sleep_for(std::chrono::milliseconds(300));
            db::set_layer(dsn(), "find", "public_resolution", "cell_1km");
            db::set_layer(dsn(), "find", "agent_resolution", "footprint");
        }
    } catch (const std::exception& error) {
        failure = error.what();
    }
    over = true;
    std::map<int, int> statuses = asker.get();
    EXPECT_EQ(failure, "");
    EXPECT_GT(statuses[200], 0);
    statuses.erase(200);
    statuses.erase(204);
    EXPECT_EQ(statuses, (std::map<int, int>()));
}

}  // namespace
