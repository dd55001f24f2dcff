// Tiles encoded from packed rows against ST_AsMVT on the same rows: same features, equal attributes, outlines within a
// unit, valid polygons. The demonstration territory, and shapes that are hard to cut.

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <random>
#include <set>

#include "gis/demo/territory.hpp"
#include "server/db/catalog_store.hpp"
#include "server/embedded/embedded.hpp"
#include "server/import/version_loader.hpp"
#include "tests/support/postgres_test.hpp"
#include "tests/tiles/packed_rows.hpp"
#include "tests/tiles/tile_judge.hpp"
#include "tiles/encode/encode_layer.hpp"

namespace {

using test::PostgresTest;

/// Shapes that cross tile edges many times, have holes, several parts, heights, curves; bow ties; nothing at all.
constexpr auto shapes_sql = R"(
create table donnees.shape (id integer primary key, name text, size double precision, round boolean, born date,
    geom geometry(Geometry, 2154));
insert into donnees.shape
select n, case when n % 7 > 0 then 'shape ' || n % 5 end, n / 8.0, n % 2 = 0, date '2020-01-01' + n,
    case n % 12
        when 0 then st_buffer(p, r, 2)
        when 1 then st_difference(st_buffer(p, r), st_buffer(p, r / 2))
        when 2 then st_multi(st_union(st_buffer(p, r / 3), st_buffer(st_translate(p, r, r), r / 3)))
        when 3 then st_makeline(array[p, st_translate(p, r, 0), st_translate(p, r, r), st_translate(p, -r, r)])
        when 4 then p
        when 5 then st_buffer(p, r, 3)
        when 6 then st_multi(p)
        -- A comb: it leaves and enters the tile with every tooth.
        when 7 then (select st_makepolygon(st_makeline(array_agg(q order by k))) from (
            select k, st_translate(p, (k / 2) * r / 10, case when k % 4 in (1, 2) then r else 0 end) q from generate_series(0, 41) k
            union all select 42, st_translate(p, 2 * r, -r / 10) union all select 43, st_translate(p, 0, -r / 10)
            union all select 44, p) t)
        when 8 then st_setsrid(st_geomfromtext(format('CURVEPOLYGON(CIRCULARSTRING(%s %s, %s %s, %s %s))', x, y, x + r, y, x, y)), 2154)
        when 9 then st_difference(st_buffer(p, r), st_union(array(
            select st_buffer(st_translate(p, r * cos(a) / 2, r * sin(a) / 2), r / 5) from generate_series(0, 5) a)))
        when 10 then st_collect(st_buffer(p, r / 4), st_makeline(p, st_translate(p, r, r)))
        else st_makeenvelope(x, y, x + r / 50, y + r, 2154) end
from (select n, x, y, r, st_setsrid(st_makepoint(x, y), 2154) p from (
    select n, 652000 + (n * 7919) % 6000 x, 7048000 + (n * 104729) % 6000 y, 20 + (n * 31) % 700 r
    from generate_series(1, 600) n) a) b;
insert into donnees.shape (id, geom) values (9001, null), (9002, 'SRID=2154;POLYGON EMPTY'), (9003, 'SRID=2154;POINT EMPTY');
create index on donnees.shape using gist (geom);
)";

class Golden : public PostgresTest {
  protected:
    static void SetUpTestSuite() {
        PostgresTest::SetUpTestSuite();
        for (const embedded::TextFile& file : embedded::layer_declarations()) db::declare_layer(dsn(), file.text);
        const auto facts = embedded::seed_facts();
        importing::VersionLoader loader(dsn(), {"demo", "", ""});
        gis::demo::Options options;
        options.size = gis::demo::Size::Small;
        gis::demo::generate_territory({embedded::text_of(facts, "communes"),
                                       embedded::text_of(facts, "archaeology_operations"),
                                       embedded::text_of(facts, "ads_acts")},
                                      options, loader);
        loader.publish();
        db::Connection connection(dsn());
        connection.run_script(shapes_sql);
        db::declare_layer(dsn(), R"({"table": "donnees.shape", "max_zoom": 18})");
        catalog() = db::load_catalog(dsn());
    }

    static gis::Catalog& catalog() {
        static gis::Catalog known;
        return known;
    }

    struct Total {
        std::size_t tiles = 0, features = 0, borderline = 0;
        double farthest = 0;
    };

    /// Tiles over places taken at random from the layer's features.
    Total compare(const gis::Layer& layer, int from_zoom, int to_zoom, int tiles_per_zoom, double tolerance) {
        const tiles::PackedLayer pack = test::pack_layer(connection(), layer);
        std::mt19937 random(62);
        Total total;
        for (int z = from_zoom; z <= to_zoom; ++z) {
            std::set<std::pair<unsigned, unsigned>> seen;
            for (int i = 0; i < tiles_per_zoom && pack.size() > 0; ++i) {
                const tiles::WorldBox& box = pack.tree().at(static_cast<std::uint32_t>(random() % pack.size()));
                const unsigned shift = 32U - static_cast<unsigned>(z);
                const auto x = static_cast<unsigned>(std::uint64_t{i % 2 == 0 ? box.min_x : box.max_x} >> shift);
                const auto y = static_cast<unsigned>(std::uint64_t{box.min_y} >> shift);
                if (!seen.insert({x, y}).second) continue;
                const tiles::TileSource source{&pack, nullptr, nullptr};
                std::string tile;
                tiles::encode_layer({&source, 1}, {z, x, y}, tile);
                const auto judgement =
                    test::judge_tile(tile, test::oracle_tile(connection(), layer, z, x, y), tolerance);
                EXPECT_EQ(judgement.problem, "") << layer.name << " " << z << "/" << x << "/" << y;
                ++total.tiles;
                total.features += judgement.features;
                total.borderline += judgement.borderline;
                total.farthest = std::max(total.farthest, judgement.farthest);
            }
        }
        fmt::print("{:<24} {:>3} tiles {:>7} features {:>3} borderline, at most {:.2f} units away\n", layer.name,
                   total.tiles, total.features, total.borderline, total.farthest);
        return total;
    }
};

TEST_F(Golden, DemonstrationTerritory) {
    for (const gis::Layer& layer : catalog().layers()) {
        if (!layer.has_geometry() || layer.sensitive || layer.name == "shape") continue;
        const int full = tiles::rules_of(layer).full_zoom();
        const Total total = compare(layer, std::max(full, layer.min_zoom), layer.max_zoom, 5, 1.5);
        EXPECT_GT(total.features, 0U) << layer.name;
        EXPECT_LE(total.borderline * 200, total.features + 200) << layer.name;
    }
}

TEST_F(Golden, HardShapes) {
    const Total total = compare(*catalog().find("shape"), 14, 18, 25, 1.5);
    EXPECT_GT(total.features, 1000U);
}

/// At zooms that are drawn simplified: the area of what is drawn, tile by tile, is that of the oracle.
TEST_F(Golden, AreaAtLowZooms) {
    for (const gis::Layer& declared : catalog().layers()) {
        if (!declared.is_polygonal() || declared.sensitive) continue;
        gis::Layer layer = declared;
        layer.min_zoom = 8;
        const tiles::PackedLayer pack = test::pack_layer(connection(), layer);
        for (int z = 8; z < tiles::rules_of(layer).full_zoom(); ++z) {
            double ours = 0;
            double oracle = 0;
            std::size_t bytes = 0;
            std::size_t oracle_bytes = 0;
            const unsigned shift = 32U - static_cast<unsigned>(z);
            const tiles::WorldBox bounds = pack.tree().bounds();
            for (unsigned x = bounds.min_x >> shift; x <= bounds.max_x >> shift; ++x) {
                for (unsigned y = bounds.min_y >> shift; y <= bounds.max_y >> shift; ++y) {
                    const tiles::TileSource source{&pack, nullptr, nullptr};
                    std::string tile;
                    tiles::encode_layer({&source, 1}, {z, x, y}, tile);
                    const std::string theirs = test::oracle_tile(connection(), layer, z, x, y);
                    for (const auto& l : test::decode_mvt(tile))
                        for (const auto& feature : l.features) {
                            ours += test::polygon_area(feature);
                            EXPECT_EQ(test::polygon_problem(feature), "") << layer.name << " " << z;
                        }
                    for (const auto& l : test::decode_mvt(theirs))
                        for (const auto& feature : l.features) oracle += test::polygon_area(feature);
                    bytes += tile.size();
                    oracle_bytes += theirs.size();
                }
            }
            fmt::print("{:<24} z{:<2} area {:+.2f} %, bytes {} of {}\n", layer.name, z, (ours / oracle - 1) * 100, bytes,
                       oracle_bytes);
            EXPECT_NEAR(ours / oracle, 1, 0.01) << layer.name << " at zoom " << z;
        }
    }
}

}  // namespace
