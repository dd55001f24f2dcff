// Vector tiles against an oracle that shares nothing with the server's search: PostGIS intersects every feature, in
// Mercator, with the tile's box and its buffer.

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "server/db/layer_declaration.hpp"
#include "tests/api/api_fixture.hpp"
#include "tests/support/mvt.hpp"

namespace {

using test::ApiTest;

constexpr double half_world = 20037508.342789244;
constexpr int buffer = 64;

struct Tile {
    int z = 0;
    int x = 0;
    int y = 0;
    double size() const { return 2 * half_world / std::exp2(z); }  ///< metres of Mercator
    double unit() const { return size() / 4096; }
    double west() const { return -half_world + x * size(); }
    double north() const { return half_world - y * size(); }
    std::string path(const std::string& layers) const { return fmt::format("/tiles/{}/{}/{}/{}.mvt", layers, z, x, y); }
};

Tile tile_at(double longitude, double latitude, int z) {
    const double x = 6378137 * longitude * M_PI / 180;
    const double y = 6378137 * std::asinh(std::tan(latitude * M_PI / 180));
    Tile tile{z, 0, 0};
    tile.x = static_cast<int>(std::floor((x + half_world) / tile.size()));
    tile.y = static_cast<int>(std::floor((half_world - y) / tile.size()));
    return tile;
}

// Where meridians lean most against the grid of Lambert-93: Brest and Corsica; and the middle of the north.
constexpr std::pair<double, double> sites[] = {{-4.49, 48.39}, {9.15, 42.1}, {2.77, 50.29}};

class Tiles : public ApiTest {
  protected:
    static void SetUpTestSuite() {
        ApiTest::SetUpTestSuite();
        db::Connection connection(dsn());
        connection.run_script(
            "create table donnees.edge (id serial primary key, what text, geom geometry(Point, 2154)); create index on "
            "donnees.edge using gist (geom);");
        for (const auto& [longitude, latitude] : sites) {
            for (int z = 10; z <= 16; ++z) add_edge_points(connection, tile_at(longitude, latitude, z));
        }
        db::declare_layer(dsn(), R"({"table": "donnees.edge", "max_zoom": 18, "public": true})");
    }

    /// Points around the four edges: 20 units inside, 20 and 63 outside (in the buffer), 70 outside (beyond it).
    static void add_edge_points(db::Connection& connection, const Tile& tile) {
        std::string values;
        for (const double along : {0.001, 0.1, 0.37, 0.5, 0.81, 0.999}) {
            for (const int out : {-20, 20, 63, 70}) {
                const double step = out * tile.unit();
                const double span = along * tile.size();
                const double east = tile.west() + tile.size();
                const double south = tile.north() - tile.size();
                const std::pair<double, double> points[] = {{tile.west() - step, tile.north() - span},
                                                            {east + step, tile.north() - span},
                                                            {tile.west() + span, tile.north() + step},
                                                            {tile.west() + span, south - step}};
                for (const auto& [x, y] : points) {
                    values +=
                        fmt::format("{}('{}/{}/{} {}', st_transform('SRID=3857;POINT({:.6f} {:.6f})'::geometry, 2154))",
                                    values.empty() ? "" : ",", tile.z, tile.x, tile.y, out, x, y);
                }
            }
        }
        connection.run_script("insert into donnees.edge (what, geom) values " + values);
    }

    std::vector<test::MvtLayer> fetch(const std::string& target) const {
        const RawAnswer answer = get(target);
        if (answer.status == 204) return {};
        EXPECT_EQ(answer.status, 200) << target << answer.body.substr(0, 300);
        EXPECT_EQ(answer.header("Content-Type"), "application/vnd.mapbox-vector-tile");
        return test::decode_mvt(answer.body);
    }

    std::set<std::string> ids_in(const Tile& tile, const std::string& name) const {
        std::set<std::string> ids;
        const auto layers = fetch(tile.path(name));
        if (const auto* layer = find_layer(layers, name)) {
            EXPECT_EQ(layer->extent, 4096);
            EXPECT_EQ(layer->version, 2);
            for (const test::MvtFeature& feature : layer->features) {
                EXPECT_TRUE(feature.id.has_value());
                EXPECT_TRUE(ids.insert(std::to_string(feature.id.value_or(0))).second) << "twice in a tile";
                for (const auto& [x, y] : feature.vertices) {
                    EXPECT_GE(std::min(x, y), -buffer - 1);
                    EXPECT_LE(std::max(x, y), 4096 + buffer + 1);
                }
            }
        }
        return ids;
    }

    /// Ids whose geometry meets the tile widened by `units` on each side.
    std::set<std::string> oracle(const Tile& tile, const std::string& table, double units) {
        const double grow = units * tile.unit();
        const auto rows = column(fmt::format(
            "select id from {} where st_intersects(st_transform(geom, 3857), st_makeenvelope({:.6f}, {:.6f}, {:.6f}, "
            "{:.6f}, 3857))",
            table, tile.west() - grow, tile.north() - tile.size() - grow, tile.west() + tile.size() + grow,
            tile.north() + grow));
        return {rows.begin(), rows.end()};
    }

    /// A unit each way: coordinates are rounded to it.
    void expect_as_oracle(const Tile& tile, const std::string& table, const std::string& name) {
        const auto found = ids_in(tile, name);
        for (const std::string& id : oracle(tile, table, buffer - 1.5))
            EXPECT_TRUE(found.contains(id)) << id << " is missing in " << tile.path(name);
        const auto possible = oracle(tile, table, buffer + 1.5);
        for (const std::string& id : found)
            EXPECT_TRUE(possible.contains(id)) << id << " does not belong in " << tile.path(name);
    }
};

TEST_F(Tiles, FeaturesOfTheBufferOnlyAreInTheTileAtEveryZoom) {
    for (const auto& [longitude, latitude] : sites) {
        for (int z = 10; z <= 16; ++z) {
            const Tile tile = tile_at(longitude, latitude, z);
            const auto found = ids_in(tile, "edge");
            const std::string mine = fmt::format("what like '{}/{}/{} ", tile.z, tile.x, tile.y);
            for (const char* out : {"-20", "20", "63"}) {
                for (const std::string& id : column("select id from donnees.edge where " + mine + out + "'"))
                    EXPECT_TRUE(found.contains(id)) << out << " units beyond the edge of " << tile.path("edge");
            }
            for (const std::string& id : column("select id from donnees.edge where " + mine + "70'"))
                EXPECT_FALSE(found.contains(id)) << "beyond the buffer of " << tile.path("edge");
        }
    }
}

TEST_F(Tiles, PointsAreThoseOfTheOracleAndNoOther) {
    for (const auto& [longitude, latitude] : sites) {
        for (int z = 8; z <= 17; ++z) expect_as_oracle(tile_at(longitude, latitude, z), "donnees.edge", "edge");
    }
}

TEST_F(Tiles, PolygonsAreThoseOfTheOracleAndNoOther) {
    const double longitude =
        std::stod(scalar("select st_x(st_transform(st_setsrid(st_centroid(st_extent(geom)::geometry), 2154), 4326)) "
                         "from donnees.square"));
    const double latitude =
        std::stod(scalar("select st_y(st_transform(st_setsrid(st_centroid(st_extent(geom)::geometry), 2154), 4326)) "
                         "from donnees.square"));
    for (int z = 11; z <= 17; ++z) {
        const Tile middle = tile_at(longitude, latitude, z);
        for (int dx = -1; dx <= 1; ++dx) {
            for (int dy = -1; dy <= 1; ++dy)
                expect_as_oracle({z, middle.x + dx, middle.y + dy}, "donnees.square", "square");
        }
    }
}

TEST_F(Tiles, SeveralLayersInOneTile) {
    run("insert into donnees.place (id, geom) select 'near', st_centroid(geom) from donnees.square where id = 3000");
    const double longitude =
        std::stod(scalar("select st_x(st_transform(geom, 4326)) from donnees.place where id = 'near'"));
    const double latitude =
        std::stod(scalar("select st_y(st_transform(geom, 4326)) from donnees.place where id = 'near'"));
    const Tile tile = tile_at(longitude, latitude, 15);
    const auto layers = fetch(tile.path("place,square,note,place"));
    ASSERT_EQ(layers.size(), 2U) << "each layer once, those without geometry not at all";
    const auto* place = find_layer(layers, "place");
    ASSERT_NE(place, nullptr);
    ASSERT_EQ(place->features.size(), 1U);
    EXPECT_EQ(place->features[0].properties.at("id"), "near");
    EXPECT_EQ(place->features[0].type, 1);
    ASSERT_NE(find_layer(layers, "square"), nullptr);
    EXPECT_EQ(find_layer(layers, "square")->features[0].type, 3);
    const auto ogc = fetch(fmt::format("/collections/place/tiles/WebMercatorQuad/{}/{}/{}", tile.z, tile.y, tile.x));
    ASSERT_EQ(ogc.size(), 1U) << "row before column";
    EXPECT_EQ(ogc[0].features.size(), 1U);
    run("delete from donnees.place where id = 'near'");
}

TEST_F(Tiles, PropertiesHaveTheirValues) {
    const Tile tile = tile_at(3, 46.5, 14);
    const auto layers = fetch(tile.path("place"));
    const auto* place = find_layer(layers, "place");
    ASSERT_NE(place, nullptr);
    ASSERT_EQ(place->features.size(), 1U);
    const std::map<std::string, std::string> expected{{"id", "p1"},
                                                      {"name", "origine"},
                                                      {"count", "1"},
                                                      {"small", "1"},
                                                      {"ratio", "0.5"},
                                                      {"price", "1.25"},
                                                      {"active", "true"},
                                                      {"built", "2020-01-01"},
                                                      {"seen", "2020-01-01 00:00:00+00"},
                                                      {"code", "00000000-0000-0000-0000-000000000001"}};
    EXPECT_EQ(place->features[0].properties, expected);
    // Where the point lies in the tile, by the definition of Web Mercator.
    const double x = 6378137 * 3 * M_PI / 180;
    const double y = 6378137 * std::asinh(std::tan(46.5 * M_PI / 180));
    EXPECT_NEAR(place->features[0].vertices.at(0).first, (x - tile.west()) / tile.unit(), 1);
    EXPECT_NEAR(place->features[0].vertices.at(0).second, (tile.north() - y) / tile.unit(), 1);
}

TEST_F(Tiles, NothingThereIs204) {
    EXPECT_EQ(get("/tiles/place/10/0/0.mvt").status, 204);
    EXPECT_EQ(get("/tiles/place/10/1023/1023.mvt").status, 204);
    EXPECT_EQ(get(tile_at(3, 46.5, 19).path("place")).status, 204) << "beyond its zooms";
    EXPECT_EQ(get(tile_at(-30, 45, 8).path("place")).status, 204) << "outside Lambert-93";
}

TEST_F(Tiles, WholeWorldIsATile) {
    for (int z = 0; z <= 5; ++z) {
        const auto layers = fetch(tile_at(3, 46.5, z).path("place"));
        ASSERT_EQ(layers.size(), 1U) << z;
        EXPECT_GE(layers[0].features.size(), 2U) << z;
    }
}

TEST_F(Tiles, ColumnNamesThatTheTileNeedsItselfAreNoObstacle) {
    run("create table donnees.named (fid integer primary key, geom text, f text, z integer, the_geom geometry(Point, "
        "2154)); "
        "insert into donnees.named values (7, 'a text', 'f', 3, 'SRID=2154;POINT(700000 6600000)')");
    db::declare_layer(dsn(), R"({"table": "donnees.named", "public": true})");
    wait_for_layer("named");
    const auto layers = fetch(tile_at(3, 46.5, 14).path("named"));
    ASSERT_EQ(layers.size(), 1U);
    ASSERT_EQ(layers[0].features.size(), 1U);
    const test::MvtFeature& feature = layers[0].features[0];
    EXPECT_EQ(feature.id, std::optional<std::uint64_t>(7));
    EXPECT_EQ(feature.properties.at("geom"), "a text");
    EXPECT_EQ(feature.properties.at("f"), "f");
    EXPECT_EQ(feature.vertices.size(), 1U);
    EXPECT_EQ(get("/collections/named/items").status, 200);
    db::remove_layer(dsn(), "named");
}

TEST_F(Tiles, EditShowsInTheNextTile) {
    const Tile tile = tile_at(3, 46.5, 14);
    run("update donnees.place set name = 'edited' where id = 'p1'");
    // By another program than the server: it hears of it a moment later.
    EXPECT_TRUE(test::eventually(
        [&] { return fetch(tile.path("place")).at(0).features.at(0).properties.at("name") == "edited"; },
        std::chrono::seconds(1)));
    run("update donnees.place set name = 'origine' where id = 'p1'");
}

}  // namespace
