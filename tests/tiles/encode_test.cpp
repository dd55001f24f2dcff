// The writer and the order of features, without a database: rows are made by hand.

#include "tiles/encode/encode_layer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "tests/support/mvt.hpp"

namespace {

std::string big_endian(std::int64_t value) {
    std::string bytes;
    for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
    return bytes;
}

std::string point_wkb(double x, double y) {
    std::string bytes("\x01\x01\x00\x00\x00", 5);
    for (const double value : {x, y}) {
        char raw[8];
        std::memcpy(raw, &value, 8);
        bytes.append(raw, 8);
    }
    return bytes;
}

tiles::LayerRules rules() {
    tiles::LayerRules rules;
    rules.name = "tree";
    rules.min_zoom = 0;
    rules.max_zoom = 20;
    rules.srid = 3857;
    rules.numbered = true;
    rules.has_communes = true;
    rules.attributes = {{"kind", gis::TileValue::Text, 0}, {"height", gis::TileValue::Integer, 5}};
    return rules;
}

struct Tree {
    std::int64_t id;
    double x, y;
    std::string kind;
    std::int64_t height;
    std::string communes;
};

tiles::PackedLayer pack(const std::vector<Tree>& trees) {
    tiles::LayerPacker packer(rules());
    for (const Tree& tree : trees) {
        const std::string id = big_endian(tree.id);
        const std::string geometry = point_wkb(tree.x, tree.y);
        const std::string height = big_endian(tree.height);
        const std::vector<tiles::Cell> row{id, geometry, tree.communes, tree.kind, height};
        packer.add(row);
    }
    return packer.finish();
}

const std::vector<Tree> forest{{1, 10, 10, "oak", 5, "62001"},
                               {2, -900000, 800000, "oak", -7, "62002"},
                               {3, 20, -10, "beech", 5, "62001"},
                               {4, 500000, 500000, "", 1, "62001,62002"},
                               {5, 500010, 500010, "elm", 9, ""}};

std::string encode(std::span<const tiles::TileSource> sources, tiles::TileCoord coord) {
    std::string tile;
    tiles::encode_layer(sources, {}, coord, tile);
    return tile;
}

TEST(Encode, ValuesLieInTheOrderOfTheFeatures) {
    const std::vector<Tree> backwards(forest.rbegin(), forest.rend());
    for (const auto& trees : {forest, backwards}) {
        const tiles::PackedLayer layer = pack(trees);
        std::uint32_t told = 0;
        for (std::uint32_t feature = 0; feature < layer.size(); ++feature) {
            for (const std::uint32_t number : layer.attributes(feature)) {
                ASSERT_LE(number, told);
                told += number == told ? 1 : 0;
            }
        }
        EXPECT_EQ(told, layer.values().size());
    }
}

TEST(Encode, FeaturesHaveIdsAttributesAndPlaces) {
    const tiles::PackedLayer layer = pack(forest);
    const tiles::TileSource source{&layer, nullptr, nullptr};
    const auto world = test::decode_mvt(encode({&source, 1}, {0, 0, 0}));
    ASSERT_EQ(world.size(), 1U);
    EXPECT_EQ(world[0].features.size(), 5U);
    for (const auto& feature : world[0].features) EXPECT_FALSE(feature.properties.contains("height")) << "from zoom 5";
    const auto near = test::decode_mvt(encode({&source, 1}, {8, 128, 127}));
    ASSERT_EQ(near.size(), 1U);
    for (const auto& feature : near[0].features) {
        if (feature.id != 1) continue;
        EXPECT_EQ(feature.properties.at("kind"), "oak");
        EXPECT_EQ(feature.properties.at("height"), "5");
    }
    EXPECT_EQ(encode({&source, 1}, {8, 0, 0}), "");
}

TEST(Encode, SeveralPacksGiveTheBytesOfOne) {
    const tiles::PackedLayer all = pack(forest);
    const tiles::PackedLayer base = pack({forest[0], forest[1], {3, 77, 77, "old", 1, ""}, forest[3]});
    const tiles::PackedLayer overlay = pack({forest[2], forest[4]});
    std::vector<bool> removed(base.size());
    removed[base.find("3").value()] = true;
    const tiles::TileSource one{&all, nullptr, nullptr};
    const tiles::TileSource two[] = {{&base, &removed, nullptr}, {&overlay, nullptr, nullptr}};
    for (int z = 0; z <= 12; ++z) {
        for (const Tree& tree : forest) {
            const double size = 2 * 20037508.342789244 / (1 << z);
            const tiles::TileCoord coord{z, static_cast<std::uint32_t>((tree.x + 20037508.342789244) / size),
                                         static_cast<std::uint32_t>((20037508.342789244 - tree.y) / size)};
            EXPECT_EQ(encode({&one, 1}, coord), encode(two, coord));
        }
    }
    EXPECT_FALSE(base.find("99"));
}

TEST(Encode, OnlyTheCommunesOfTheScopeAreDrawn) {
    const tiles::PackedLayer layer = pack(forest);
    std::vector<bool> visible(layer.commune_sets().size());
    for (std::size_t i = 0; i < visible.size(); ++i) {
        const auto& set = layer.commune_sets()[i];
        visible[i] = std::find(set.begin(), set.end(), "62002") != set.end();
    }
    const tiles::TileSource source{&layer, nullptr, &visible};
    const auto world = test::decode_mvt(encode({&source, 1}, {0, 0, 0}));
    std::set<std::uint64_t> ids;
    for (const auto& feature : world.at(0).features) ids.insert(feature.id.value());
    EXPECT_EQ(ids, (std::set<std::uint64_t>{2, 4}));
}

}  // namespace
