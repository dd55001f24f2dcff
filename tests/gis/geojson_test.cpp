#include "gis/write/geojson.hpp"

#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>

namespace {

std::string bytes_of(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    }
    return bytes;
}

std::string geometry(std::string_view hex, bool northing_first = false, int decimals = 4) {
    std::string out;
    gis::append_geojson_geometry(out, bytes_of(hex), northing_first, decimals);
    return out;
}

}  // namespace

// The hexadecimal texts are PostGIS's: select encode(st_asbinary('...'), 'hex').
TEST(GeoJson, WritesEveryGeometryPostgisGives) {
    EXPECT_EQ(geometry("0101000000000000000000f03f0000000000000040"), R"({"type":"Point","coordinates":[1,2]})");
    EXPECT_EQ(geometry("0000000001"
                       "3ff0000000000000"
                       "4000000000000000"),
              R"({"type":"Point","coordinates":[1,2]})");  // big endian
    EXPECT_EQ(geometry("01e9030000000000000000f03f00000000000000400000000000000840"),
              R"({"type":"Point","coordinates":[1,2,3]})");
    EXPECT_EQ(geometry("0101000000000000000000f87f000000000000f87f"), R"({"type":"Point","coordinates":[]})");
    EXPECT_EQ(geometry("010200000002000000000000000000000000000000000000000000000000000000000000000000f03f"),
              R"({"type":"LineString","coordinates":[[0,0],[0,1]]})");
    EXPECT_EQ(geometry("0104000000010000000101000000000000000000f03f0000000000000040"),
              R"({"type":"MultiPoint","coordinates":[[1,2]]})");
    EXPECT_EQ(
        geometry(
            "0106000000010000000103000000010000000400000000000000000000000000000000000000000000000000f03f000000000000"
            "0000000000000000f03f000000000000f03f00000000000000000000000000000000"),
        R"({"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[1,1],[0,0]]]]})");
    EXPECT_EQ(geometry("0107000000010000000101000000000000000000f03f0000000000000040"),
              R"({"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]})");
}

TEST(GeoJson, SwapsAxesForAuthoritiesThatPutNorthFirst) {
    EXPECT_EQ(geometry("0101000000000000000000f03f0000000000000040", true), R"({"type":"Point","coordinates":[2,1]})");
}

TEST(GeoJson, RefusesBrokenWkb) {
    for (const char* hex : {"", "01", "0101000000", "0102000000ffffffff", "010a00000000000000"}) {
        EXPECT_THROW(geometry(hex), std::runtime_error) << hex;
    }
}

TEST(GeoJson, DecimalsAreShortAndExact) {
    const std::array<std::pair<double, const char*>, 8> cases{{{0, "0"},
                                                               {-0.00001, "0"},
                                                               {1.5, "1.5"},
                                                               {-1.5, "-1.5"},
                                                               {100, "100"},
                                                               {652381.03, "652381.03"},
                                                               {2.64149999, "2.6415"},
                                                               {-0.1234, "-0.1234"}}};
    for (const auto& [value, expected] : cases) {
        std::string out;
        gis::append_decimal(out, value, 4);
        EXPECT_EQ(out, expected);
    }
}

TEST(GeoJson, AFeatureIsValidJsonWhateverItsText) {
    gis::Layer layer;
    layer.fields = {{"nom", "", gis::FieldType::Text, "text", "", 0},
                    {"n", "", gis::FieldType::Integer, "int", "", 0},
                    {"x", "", gis::FieldType::Number, "float8", "", 0},
                    {"v", "", gis::FieldType::Boolean, "bool", "", 0}};
    const std::array<gis::Scalar, 4> values{std::string_view("Nœux \"les\"\n\\Mines\x01"), std::int64_t{7}, 0.5,
                                            std::monostate{}};
    std::string out;
    gis::FeatureQuery query;
    query.layer = &layer;
    query.output_crs = gis::crs84();
    gis::GeoJsonFeatureText(gis::output_of(query)).append(out, {"a\"b", "", values});
    const auto parsed = nlohmann::json::parse(out + "}");
    EXPECT_EQ(parsed["id"], "a\"b");
    EXPECT_TRUE(parsed["geometry"].is_null());
    EXPECT_EQ(parsed["properties"]["nom"], "Nœux \"les\"\n\\Mines\x01");
    EXPECT_EQ(parsed["properties"]["n"], 7);
    EXPECT_EQ(parsed["properties"]["x"], 0.5);
    EXPECT_TRUE(parsed["properties"]["v"].is_null());
}
