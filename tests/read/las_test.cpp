// Point clouds: what their heads say, and what is not believed.
#include <cstring>

#include "gis/read/detect.hpp"
#include "gis/read/las_header.hpp"
#include "read_fixture.hpp"
#include "tests/support/las_sample.hpp"

using namespace gis::read;
using test::CloudSample;
using test::CollectingSink;

namespace {

LasFacts facts_of_bytes(const std::string& bytes) {
    return parse_las_header(std::string_view(bytes).substr(0, largest_las_head), bytes.size());
}

std::string refusal_of_bytes(const std::string& bytes) {
    try {
        facts_of_bytes(bytes);
    } catch (const gis::InvalidRequest& refused) {
        return refused.what();
    }
    return "not refused";
}

}  // namespace

TEST(LasHeader, SaysWhatItHolds) {
    const LasFacts facts = facts_of_bytes(CloudSample{}.bytes());
    EXPECT_EQ(facts.version, "1.2");
    EXPECT_EQ(facts.points, 4000U);
    EXPECT_FALSE(facts.compressed);
    EXPECT_EQ(facts.date, "2026-05-04");  // day 124
    EXPECT_EQ(facts.software, "essai");
    EXPECT_EQ(facts.crs, "EPSG:2154");
    EXPECT_EQ(facts.min, (std::array<double, 3>{681000, 7042000, 20}));
    EXPECT_EQ(facts.max, (std::array<double, 3>{681020, 7042010, 31}));
    CloudSample modern{.minor = 4, .format = 6, .record_length = 30, .points = 0, .points_of_14 = 9};
    modern.wkt = "PROJCS[\"essai\"]";
    const std::string bytes = modern.bytes() + std::string(270, '\0');
    EXPECT_EQ(facts_of_bytes(bytes).points, 9U);
    EXPECT_EQ(facts_of_bytes(bytes).crs, "PROJCS[\"essai\"]");
}

TEST(LasHeader, WhatLiesIsRefused) {
    const auto with = [](auto change) {
        std::string bytes = CloudSample{}.bytes();
        change(bytes);
        return refusal_of_bytes(bytes);
    };
    EXPECT_NE(with([](std::string& b) { b[25] = 5; }).find("version 1.5"), std::string::npos);
    EXPECT_NE(with([](std::string& b) { b[104] = 11; }).find("format de point 11"), std::string::npos);
    EXPECT_NE(with([](std::string& b) { b[94] = 10; }).find("se contredit"), std::string::npos);
    EXPECT_NE(with([](std::string& b) { b.resize(b.size() - 1); }).find("tronqué"), std::string::npos);
    EXPECT_NE(with([](std::string& b) { b.resize(150); }).find("tronqué"), std::string::npos);
    EXPECT_NE(with([](std::string& b) { std::memset(&b[107], 0, 4); }).find("aucun point"), std::string::npos);
    EXPECT_NE(with([](std::string& b) { std::memset(&b[131], 0, 8); }).find("échelle"), std::string::npos);
    EXPECT_NE(with([](std::string& b) { std::memset(&b[187], 0xFF, 8); }).find("emprise"), std::string::npos);
    EXPECT_EQ(with([](std::string& b) { std::memset(&b[100], 0xFF, 4); }), "not refused") << "records have an end";
    CloudSample boastful{.minor = 4, .format = 0x86, .record_length = 30, .points = 0, .points_of_14 = 1ULL << 63U};
    EXPECT_NE(refusal_of_bytes(boastful.bytes()).find("nombre de points"), std::string::npos);
}

TEST(LasFile, IsOneExtentWithItsOriginal) {
    const TempFolder folder;
    const auto path = test::write_file(folder.path() / "vol.las", CloudSample{}.bytes());
    std::vector<Picture> kept;
    Options options;
    options.pictures = [&](Picture picture) { kept.push_back(std::move(picture)); };
    const Detection detection = detect(path, options);
    ASSERT_EQ(detection.layers.size(), 1U);
    EXPECT_TRUE(detection.layers[0].rows.empty()) << "values cost the hash of the whole file";
    CollectingSink sink;
    read(path, options, sink);
    ASSERT_EQ(sink.count("terrain.nuage"), 1U);
    EXPECT_EQ(sink.value("terrain.nuage", 0, "nom"), "vol.las");
    EXPECT_EQ(sink.value("terrain.nuage", 0, "points"), "4000");
    EXPECT_EQ(sink.value("terrain.nuage", 0, "densite"), "20.000000");  // on 200 m²
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(kept[0].media_type, las_type);
    EXPECT_EQ(kept[0].sha256, sink.value("terrain.nuage", 0, "empreinte"));
    EXPECT_NE(test::refusal_of(path).find("se déposent"), std::string::npos) << "nobody keeps its original";
}

TEST(LasFile, RealCloudsHaveTheCountsOfTheirSources) {
    SKIP_WITHOUT_DATA();
    const std::pair<const char*, std::uint64_t> clouds[] = {{"autzen_trim.laz", 110000},
                                                            {"cimetiereLidar.copc.laz", 404953},
                                                            {"simple.copc.laz", 1065},
                                                            {"simple.las", 1065},
                                                            {"simple.laz", 1065}};
    for (const auto& [name, points] : clouds) {
        std::ifstream in(test::data_folder() / "drone/lidar" / name, std::ios::binary);
        const LasFacts facts = facts_of_bytes({std::istreambuf_iterator<char>(in), {}});
        EXPECT_EQ(facts.points, points) << name;
    }
    std::ifstream in(test::data_folder() / "drone/lidar/cimetiereLidar.copc.laz", std::ios::binary);
    const LasFacts facts = facts_of_bytes({std::istreambuf_iterator<char>(in), {}});
    EXPECT_NE(facts.crs.find("Lambert-93"), std::string::npos) << facts.crs;
}
