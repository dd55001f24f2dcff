// Tiles encoded from packed rows against ST_AsMVT on the same rows: same features, equal attributes, outlines within a
// unit, valid polygons. The demonstration territory, and shapes that are hard to cut.

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <map>
#include <set>

#include "gis/demo/territory.hpp"
#include "server/db/layer_declaration.hpp"
#include "server/embedded/embedded.hpp"
#include "server/import/version_loader.hpp"
#include "tests/tiles/golden_fixture.hpp"
#include "tests/tiles/packed_rows.hpp"
#include "tests/tiles/tile_judge.hpp"
#include "tiles/encode/encode_layer.hpp"
#include "tiles/encode/ring.hpp"

namespace {

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
            select k, st_translate(p, (k / 2) * r / 10, case when k % 4 in (1, 2) then r else 0 end) q from generate_series(0, 40) k
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

class Golden : public test::GoldenTest {
  protected:
    /// Not in the territory: there is something when somebody deposited it.
    bool awaits_deposits(const gis::Layer& layer) { return !layer.fictive && is_empty(layer); }

    static void SetUpTestSuite() {
        PostgresTest::SetUpTestSuite();
        declare_layers();
        const auto facts = embedded::seed_facts();
        importing::VersionLoader loader(dsn(), {"demo", "", ""});
        gis::demo::Options options;
        options.size = gis::demo::Size::Small;
        gis::demo::generate_territory(
            {embedded::text_of(facts, "communes"), embedded::text_of(facts, "archaeology_operations"),
             embedded::text_of(facts, "ads_acts")},
            options, loader);
        loader.publish();
        db::Connection connection(dsn());
        connection.run_script(shapes_sql);
        db::declare_layer(dsn(), R"({"table": "donnees.shape", "max_zoom": 18})");
        hold_catalog();
    }
};

TEST_F(Golden, DemonstrationTerritory) {
    for (const gis::Layer& layer : catalog().layers()) {
        if (!layer.has_geometry() || layer.name == "shape") continue;
        // Of surveys nothing was deposited yet.
        if (is_empty(layer)) continue;
        const Total total = compare_in_full(layer);
        EXPECT_EQ(total.spikes, 0U) << layer.name;
        // The oracle drops a spike of one unit's width where ours keeps its tip.
        EXPECT_LE(total.moved * 5000, total.features + 2000) << layer.name;
    }
}

TEST_F(Golden, HardShapes) {
    const Total total = compare(*catalog().find("shape"), 14, 18, 25, 1);
    EXPECT_GT(total.features, 1000U);
}

/// The values that features are told apart by, as one text.
std::string values_of(const test::MvtFeature& feature) {
    std::string text;
    for (const auto& [name, value] : feature.properties) text += fmt::format("{}={};", name, value);
    return text;
}

/// Area of the features within the tile itself, without its buffer, in square units of 4096 a side; by their values.
void add_areas(const std::string& tile, const std::string& layer, std::map<std::string, double>& areas) {
    for (const auto& part : test::decode_mvt(tile)) {
        if (part.name != layer) continue;
        const double unit = 4096.0 / part.extent;
        for (const auto& feature : part.features) {
            double& sum = areas[values_of(feature)];
            for (const auto& vertices : feature.parts) {
                tiles::Ring ring;
                for (const auto& [x, y] : vertices) ring.push_back({x, y});
                tiles::clip_ring(ring, {0, static_cast<std::int64_t>(part.extent)});
                sum += static_cast<double>(tiles::area2(ring)) / 2 * unit * unit;
            }
        }
    }
}

double sum_of(const std::map<std::string, double>& areas) {
    double sum = 0;
    for (const auto& [values, area] : areas) sum += area;
    return sum;
}

/// Every tile of that zoom within the layer's bounds.
template <typename Look>
void each_tile(const tiles::PackedLayer& pack, int z, Look look) {
    const unsigned shift = 32U - static_cast<unsigned>(z);
    const tiles::WorldBox bounds = pack.tree().bounds();
    for (unsigned x = bounds.min_x >> shift; x <= bounds.max_x >> shift; ++x) {
        for (unsigned y = bounds.min_y >> shift; y <= bounds.max_y >> shift; ++y) {
            std::string tile;
            tiles::encode_layer(pack, {z, x, y}, tile);
            look(tiles::TileCoord{z, x, y}, tile);
        }
    }
}

/// At zooms that are drawn simplified: the area of what is drawn is that of the layer, polygons are valid, bytes few.
TEST_F(Golden, AreaAtLowZooms) {
    for (const gis::Layer& declared : catalog().layers()) {
        if (!declared.is_polygonal()) continue;
        gis::Layer layer = declared;
        if (awaits_deposits(layer)) continue;
        // Also what nobody asks for: more of it is small.
        layer.min_zoom = std::max(8, std::min(declared.min_zoom, tiles::rules_of(declared).full_zoom()) - 2);
        const tiles::PackedLayer pack = test::pack_layer(connection(), layer);
        const double truth =
            std::stod(scalar(fmt::format("select sum(st_area(st_transform({}, 3857))) from {}.{}",
                                         layer.geometry_column, layer.source_schema, layer.source_name)));
        for (int z = layer.min_zoom; z < tiles::rules_of(layer).full_zoom(); ++z) {
            const double unit = 40075016.685578488 / 4096 / (1 << z);
            std::map<std::string, double> areas;
            std::size_t bytes = 0;
            std::size_t invalid = 0;
            each_tile(pack, z, [&](tiles::TileCoord, const std::string& tile) {
                add_areas(tile, layer.name, areas);
                bytes += tile.size();
                for (const auto& part : test::decode_mvt(tile))
                    for (const auto& feature : part.features)
                        invalid += test::polygon_problem(feature).empty() ? 0U : 1U;
            });
            const double area = sum_of(areas) * unit * unit;
            fmt::print("{:<24} z{:<2} area {:+.2f} %, {} bytes\n", layer.name, z, (area / truth - 1) * 100, bytes);
            // What is gathered and not yet drawn at a tile's end is less than a pixel for each tile.
            EXPECT_NEAR(area / truth, 1, 0.01 + 64 * 4 * unit * unit / truth) << layer.name << " at zoom " << z;
            EXPECT_EQ(invalid, 0U) << layer.name << " at zoom " << z;
        }
    }
}

/// Where polygons of equal values are one feature: all values are there, each with the area of what the table unites.
TEST_F(Golden, MergedPolygonsHaveTheAreaOfTheirValues) {
    std::size_t compared = 0;
    for (const gis::Layer& layer : catalog().layers()) {
        const tiles::LayerRules rules = tiles::rules_of(layer);
        if (awaits_deposits(layer)) continue;
        const tiles::PackedLayer pack = test::pack_layer(connection(), layer);
        for (int z = layer.min_zoom; z < rules.merge_zoom; ++z) {
            const double unit = 40075016.685578488 / 4096 / (1 << z);
            std::vector<std::string> names;
            for (const std::uint32_t attribute : rules.attributes_at(z))
                names.push_back(rules.attributes[attribute].name);
            std::sort(names.begin(), names.end());
            std::string values = "''";
            for (const std::string& name : names) values += fmt::format(" || coalesce('{0}=' || {0} || ';', '')", name);
            const db::Result truth = connection().query(
                fmt::format("select {}, st_area(st_union(st_transform({}, 3857))) from {}.{} group by 1", values,
                            layer.geometry_column, layer.schema_name, layer.table_name),
                {});
            std::map<std::string, double> areas;
            each_tile(pack, z, [&](tiles::TileCoord at, const std::string& tile) {
                add_areas(tile, layer.name, areas);
                std::set<std::string> seen;
                for (const auto& part : test::decode_mvt(tile)) {
                    if (part.name != layer.name) continue;
                    for (const auto& feature : part.features) {
                        EXPECT_FALSE(feature.id);
                        EXPECT_TRUE(seen.insert(values_of(feature)).second)
                            << values_of(feature) << " twice in " << z << "/" << at.x << "/" << at.y;
                    }
                }
            });
            EXPECT_EQ(areas.size(), static_cast<std::size_t>(truth.rows())) << layer.name << " at zoom " << z;
            double whole = 0;
            for (int row = 0; row < truth.rows(); ++row) {
                const double area = truth.float64(row, 1);
                whole += area;
                const double drawn = areas[truth.text(row, 0)] * unit * unit;
                fmt::print("{:<24} z{:<2} {:<20} {:+.2f} %\n", layer.name, z, truth.text(row, 0),
                           (drawn / area - 1) * 100);
                // Less than a pixel is not drawn; at the two lowest zooms, what outlines between neighbours lose shows
                // too.
                const double allowed = z < layer.min_zoom + 2 ? 0.02 : 0.01;
                EXPECT_NEAR(drawn, area, allowed * area + 64 * unit * unit)
                    << layer.name << " at zoom " << z << " " << truth.text(row, 0);
                ++compared;
            }
            const double drawn = sum_of(areas) * unit * unit;
            fmt::print("{:<24} z{:<2} all values {:+.2f} %\n", layer.name, z, (drawn / whole - 1) * 100);
            EXPECT_NEAR(drawn, whole, 0.005 * whole) << layer.name << " at zoom " << z;
        }
    }
    EXPECT_GT(compared, 20U);
}

/// Its features in units of 4096 a side.
std::vector<test::MvtFeature> in_common_units(const test::MvtLayer& layer) {
    std::vector<test::MvtFeature> features = layer.features;
    const int unit = 4096 / static_cast<int>(layer.extent);
    for (test::MvtFeature& feature : features) {
        for (auto& part : feature.parts)
            for (auto& [x, y] : part) x *= unit, y *= unit;
        for (auto& [x, y] : feature.vertices) x *= unit, y *= unit;
    }
    return features;
}

/// Features that are drawn as they lie: not gathered for being below a pixel or too thin.
std::vector<test::MvtFeature> wide_polygons(const std::string& tile, const std::string& layer) {
    std::vector<test::MvtFeature> wide;
    for (const auto& part : test::decode_mvt(tile)) {
        if (part.name != layer) continue;
        for (const auto& feature : part.features) {
            double length = 0;
            for (const auto& ring : feature.parts) {
                for (std::size_t i = 0; i < ring.size(); ++i) {
                    const auto& [ax, ay] = ring[i];
                    const auto& [bx, by] = ring[(i + 1) % ring.size()];
                    length += std::hypot(ax - bx, ay - by);
                }
            }
            if (test::polygon_area(feature) > 2 * 64 && test::polygon_area(feature) * 2 > 2 * length)
                wide.push_back(feature);
        }
    }
    return wide;
}

/// What the table covers is covered at every zoom, but for what is narrower than a pixel.
TEST_F(Golden, NoGapsAtLowZooms) {
    constexpr double pixel = 8;
    for (const gis::Layer& layer : catalog().layers()) {
        if (!layer.is_polygonal() || layer.min_zoom >= tiles::rules_of(layer).full_zoom()) continue;
        if (awaits_deposits(layer)) continue;
        const tiles::PackedLayer pack = test::pack_layer(connection(), layer);
        std::size_t compared = 0;
        for (int z = std::max(layer.min_zoom, 8); z < tiles::rules_of(layer).full_zoom(); ++z) {
            each_tile(pack, z, [&](tiles::TileCoord at, const std::string& tile) {
                std::vector<test::MvtFeature> drawn;
                for (const auto& part : test::decode_mvt(tile)) {
                    if (part.name == layer.name) drawn = in_common_units(part);
                }
                const auto truth = wide_polygons(test::oracle_tile(connection(), layer, z, at.x, at.y), layer.name);
                compared += truth.size();
                EXPECT_EQ(test::gap_area(drawn, truth, pixel), 0)
                    << layer.name << " " << z << "/" << at.x << "/" << at.y;
            });
        }
        EXPECT_GT(compared, 0U) << layer.name;
    }
}

}  // namespace
