// Zones that tiles draw as one for each value are those of the database, after edits of one and by many.

#include <fmt/format.h>

#include <atomic>
#include <cmath>
#include <random>
#include <set>
#include <thread>

#include "server/db/layer_declaration.hpp"
#include "tests/api/tile_fixture.hpp"
#include "tests/support/mvt.hpp"

namespace {

using test::eventually;
using test::tile_path;

class MergedTiles : public test::TileTest {};

/// Square units of the tile, by kind, of polygons that are merged: ids are not told, and each kind is one feature.
std::map<std::string, double> areas_of_kinds(const std::string& tile) {
    std::map<std::string, double> areas;
    for (const auto& layer : test::decode_mvt(tile)) {
        const double unit = 4096.0 / layer.extent;
        for (const auto& feature : layer.features) {
            EXPECT_FALSE(feature.id || feature.properties.contains("id") || feature.properties.contains("commune"));
            EXPECT_FALSE(areas.contains(feature.properties.at("kind"))) << "one of a kind";
            double& area = areas[feature.properties.at("kind")];
            for (const auto& ring : feature.parts) {
                for (std::size_t i = 0; i < ring.size(); ++i) {
                    const auto& [ax, ay] = ring[i];
                    const auto& [bx, by] = ring[(i + 1) % ring.size()];
                    area += (double(ax) * by - double(bx) * ay) / 2 * unit * unit;
                }
            }
        }
    }
    return areas;
}

/// As declared for polygons whose kind is told at all zooms, and merged below 13.
constexpr const char* zone_declaration = R"({"table": "donnees.zone", "commune_column": "commune", "public": true,
    "min_zoom": 9, "max_zoom": 16, "merge_zoom": 13, "fields": [{"name": "id"}, {"name": "commune", "tile_min_zoom": 13},
    {"name": "kind"}]})";

TEST_F(MergedTiles, EditsByManyLeaveMergedPolygonsAsTheyAreReadAfresh) {
    connection().run_script(
        "create table donnees.zone (id text primary key, commune text not null, kind text not null, "
        "geom geometry(Polygon, 2154)); create index on donnees.zone using gist (geom); "
        "insert into donnees.zone select 'z' || n, '6200' || n % 3, 'k' || n % 5, st_makeenvelope(x, y, x + 250, y + "
        "250, "
        "2154) from (select n, 700000 + n % 16 * 250 x, 6600000 + n / 16 * 250 y from generate_series(0, 255) n) a");
    db::declare_layer(dsn(), zone_declaration);
    wait_until_held("zone");
    const int edits = test::edits_asked() / 3;
    std::atomic<int> done{0};
    test::Problems problems;
    std::vector<std::thread> editors;
    for (unsigned e = 0; e < 3; ++e) {
        editors.emplace_back([&, e] {
            db::Connection connection(dsn());
            std::mt19937 random(e + 1);
            while (done++ < edits) {
                // Each writer has its own zones, and a kind that nobody else writes.
                const std::string id = fmt::format("z{}", random() % 85 * 3 + e);
                const double x = 700000 + static_cast<double>(random() % 4000);
                const double y = 6600000 + static_cast<double>(random() % 4000);
                const std::string shape =
                    random() % 2 == 0 ? fmt::format("st_makeenvelope({}, {}, {}, {}, 2154)", x, y, x + 300, y + 200)
                                      : fmt::format("st_buffer(st_setsrid(st_makepoint({}, {}), 2154), 200)", x, y);
                const std::string kind = random() % 3 == 0 ? fmt::format("own{}", e) : fmt::format("k{}", random() % 5);
                connection.run_script(fmt::format("delete from donnees.zone where id = '{}'", id));
                if (random() % 5 != 0) {
                    connection.run_script(fmt::format("insert into donnees.zone values ('{}', '6200{}', '{}', {})", id,
                                                      random() % 3, kind, shape));
                    answer_edit();
                    const RawAnswer answer =
                        get(tile_path("zone", 9 + static_cast<int>(random() % 4), x + 100, y + 100));
                    if (answer.status != 200 || !areas_of_kinds(answer.body).contains(kind))
                        problems.add(fmt::format("{} of kind {} is not shown: {}", id, kind, answer.status));
                }
            }
        });
    }
    for (std::thread& editor : editors) editor.join();
    answer_edit();
    problems.report();

    test::FreshTiles fresh(dsn(), "zone");
    const gis::Layer& layer = fresh.layer();
    std::size_t compared = 0;
    for (const bool everything : {true, false}) {
        gis::Scope scope;
        auto& grant = scope.add(layer.id).grant(gis::Right::Read);
        grant.everything = everything;
        grant.partly = !everything;
        if (!everything) grant.communes = {"62001"};
        const auto own_view = tiles().view_of({&layer}, scope);
        const auto fresh_view = fresh.engine().view_of({&layer}, scope);
        ASSERT_TRUE(own_view && fresh_view);
        for (int z = 9; z < 13; ++z) {
            std::set<std::pair<std::uint32_t, std::uint32_t>> seen;
            for (int step = 0; step < 256; ++step) {
                const tiles::TileCoord tile = test::tile_at(z, 700000 + step % 16 * 280, 6600000 + step / 16 * 280);
                if (!seen.insert({tile.x, tile.y}).second) continue;
                std::string followed;
                std::string afresh;
                ASSERT_TRUE(tiles().encode(*own_view, tile, followed));
                ASSERT_TRUE(fresh.engine().encode(*fresh_view, tile, afresh));
                const auto left = areas_of_kinds(followed);
                const auto right = areas_of_kinds(afresh);
                for (const auto& areas : {left, right}) {
                    for (const auto& [kind, area] : areas) {
                        const auto at = [&](const auto& of) { return of.contains(kind) ? of.at(kind) : 0; };
                        // Borders of an edit are simplified for themselves. Each keeps half a per cent and half a
                        // pixel.
                        ASSERT_NEAR(at(left), at(right), 0.01 * area + 64)
                            << kind << " in " << z << "/" << tile.x << "/" << tile.y
                            << (everything ? "" : " of a commune");
                        ++compared;
                    }
                }
            }
        }
    }
    fmt::print("{} edits, {} areas compared\n", edits, compared);
    EXPECT_GT(compared, 50U);
    db::remove_layer(dsn(), "zone");
    run("drop table donnees.zone");
}

TEST_F(MergedTiles, AnEditIsInTheMergedPolygonsOfItsValues) {
    connection().run_script(
        "create table donnees.zone (id text primary key, commune text not null, kind text not null, "
        "geom geometry(Polygon, 2154)); create index on donnees.zone using gist (geom); "
        "insert into donnees.zone select 'z' || n, '6200' || n % 2, 'k' || n % 3, st_makeenvelope(700000 + n * 300, "
        "6600000, 700300 + n * 300, 6601000, 2154) from generate_series(0, 11) n");
    db::declare_layer(dsn(), zone_declaration);
    wait_until_held("zone");
    const std::string path = tile_path("zone", 10, 701500, 6600500);
    /// Square kilometres by kind; ids are not told.
    const auto kinds = [&](const std::string& headers = "") {
        const RawAnswer answer = get(path, headers);
        const double unit = 40075.016685578488 / 1024 / 4096 * std::cos(46.5 * M_PI / 180);
        auto areas = areas_of_kinds(answer.status == 200 ? answer.body : "");
        for (auto& [kind, area] : areas) area *= unit * unit;
        return areas;
    };
    auto seen = kinds();
    ASSERT_EQ(seen.size(), 3U);
    for (const auto& [kind, area] : seen) EXPECT_NEAR(area, 1.2, 0.1) << kind;
    run("update donnees.zone set kind = 'k9' where id = 'z4'");
    answer_edit();
    seen = kinds();
    EXPECT_NEAR(seen["k1"], 0.9, 0.1);
    EXPECT_NEAR(seen["k9"], 0.3, 0.1);
    run("update donnees.zone set geom = st_expand(geom, 500) where id = 'z4'");
    answer_edit();
    EXPECT_NEAR(kinds()["k9"], 2.6, 0.2);
    run("delete from donnees.zone where id = 'z4'");
    answer_edit();
    seen = kinds();
    EXPECT_FALSE(seen.contains("k9"));
    EXPECT_NEAR(seen["k1"], 0.9, 0.1);
    // Who sees one commune sees its part of each kind: the even ones of z0 to z11 but z4.
    make_person("lectrice", "");
    run("insert into org.convention_right (convention_id, line, layer_id, communes, codes, rights) "
        "select c.convention_id, 1, l.layer_id, 'list', '{62000}', '{read}' from org.convention c, catalogue.layer l "
        "where c.titre = 'Convention de lectrice' and l.name = 'zone'");
    run("select access.set_public(layer_id, false) from catalogue.layer where name = 'zone'");
    const std::string header = test::ApiTest::token_of("lectrice");
    ASSERT_TRUE(eventually([&] { return get(path).status == 404 && get(path, header).status == 200; }));
    seen = kinds(header);
    EXPECT_NEAR(seen["k0"], 0.6, 0.1);
    EXPECT_NEAR(seen["k1"], 0.3, 0.1);
    EXPECT_NEAR(seen["k2"], 0.6, 0.1);
    EXPECT_EQ(seen.size(), 3U);
    db::remove_layer(dsn(), "zone");
}

}  // namespace
