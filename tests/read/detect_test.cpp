#include "gis/read/detect.hpp"

#include "read_fixture.hpp"
#include "tests/support/edigeo_sample.hpp"

using namespace gis::read;

TEST(Detect, AnExchangeShowsItsCadastralLayersOnly) {
    const TempFolder folder;
    const Detection detection = detect(test::write_edigeo_archive({}, folder.path()), {});
    EXPECT_EQ(detection.inputs, 1U);
    ASSERT_EQ(detection.layers.size(), 5U);
    for (const auto& layer : detection.layers) {
        EXPECT_EQ(layer.format, Format::Edigeo);
        EXPECT_TRUE(layer.kind) << layer.name;
        EXPECT_EQ(layer.srid, 2154);
        EXPECT_EQ(layer.encoding, "ISO-8859-1");
    }
}

TEST(Detect, FieldTypesOfGeoJsonHoldAllTheirValues) {
    const TempFolder folder;
    const auto path = test::write_file(folder.path() / "a.geojson", R"({"type":"FeatureCollection","features":[
        {"type":"Feature","geometry":{"type":"Point","coordinates":[2,50]},"properties":{"n":1,"r":1,"t":1,"b":null,"v":null}},
        {"type":"Feature","geometry":{"type":"MultiPoint","coordinates":[[2,50],[2,51]]},"properties":{"n":2,"r":1.5,"t":"x","b":true}}]})");
    const Detection detection = detect(path, {});
    ASSERT_EQ(detection.layers.size(), 1U);
    const auto& layer = detection.layers[0];
    EXPECT_EQ(layer.geometry, gis::GeometryType::MultiPoint);
    ASSERT_EQ(layer.fields.size(), 5U);
    EXPECT_EQ(layer.fields[0].type, gis::FieldType::Integer);
    EXPECT_EQ(layer.fields[1].type, gis::FieldType::Number);
    EXPECT_EQ(layer.fields[2].type, gis::FieldType::Text);
    EXPECT_EQ(layer.fields[3].type, gis::FieldType::Boolean);
    EXPECT_EQ(layer.fields[4].type, gis::FieldType::Text);
}

TEST(Detect, ProposedNamesAreUniqueAndLeaveTheIdFree) {
    DetectedLayer layer;
    layer.fields = {{"Nom", gis::FieldType::Text},
                    {"nom", gis::FieldType::Text},
                    {"FID", gis::FieldType::Integer},
                    {"geom", gis::FieldType::Text},
                    {"Élu", gis::FieldType::Text}};
    const Target target = propose_table(layer, "public.x");
    std::vector<std::string> names;
    for (const auto& column : target.columns) names.push_back(column.name);
    EXPECT_EQ(names, (std::vector<std::string>{"fid_2", "nom", "nom_2", "fid", "geom_2", "elu"}));
    EXPECT_FALSE(target.geometry);
}

TEST(Detect, AFolderListsWhatItCannotUse) {
    const TempFolder folder;
    test::write_edigeo_archive({}, folder.path());
    test::write_file(folder.path() / "lisez-moi.pdf", "%PDF-1.4");
    test::write_file(folder.path() / "bad.json", "{\"type\":");
    const Detection detection = detect(folder.path(), {});
    EXPECT_EQ(detection.inputs, 2U);
    EXPECT_EQ(detection.ignored.size(), 1U);
    ASSERT_EQ(detection.refused.size(), 1U);
    EXPECT_NE(detection.refused[0].first.find("bad.json"), std::string::npos);
}
