#include "server/live/tile_views.hpp"

#include <gtest/gtest.h>

#include <set>

namespace {

using live::TileViews;
using Ids = std::vector<std::uint32_t>;

gis::Layer numbered_layer(int id, const std::string& commune_column = "commune") {
    gis::Layer layer;
    layer.id = id;
    layer.commune_column = commune_column;
    return layer;
}

gis::Scope reader_of(const std::vector<int>& layers, const gis::Grant& grant) {
    gis::Scope scope;
    for (const int id : layers) scope.add(id).grant(gis::Right::Read) = grant;
    return scope;
}

gis::Grant over_everything() {
    return {true, true, {}, ""};
}

gis::Grant over_communes(std::vector<std::string> codes) {
    return {false, true, std::move(codes), ""};
}

TEST(TileViews, EqualScopesShareOneAndOthersHaveTheirOwn) {
    TileViews views;
    const gis::Layer layer = numbered_layer(1);
    const auto first = views.of({&layer}, reader_of({1}, over_communes({"62001"})));
    const auto same = views.of({&layer}, reader_of({1, 2}, over_communes({"62001"})));
    const auto other = views.of({&layer}, reader_of({1}, over_communes({"62002"})));
    const auto everybody = views.of({&layer}, reader_of({1}, over_everything()));
    EXPECT_EQ(first, same) << "what he may do with other layers does not matter";
    EXPECT_EQ((std::set{first->id, other->id, everybody->id, 0U}).size(), 4U);
    EXPECT_FALSE(first->parts.at(0).everything);
    EXPECT_TRUE(everybody->parts.at(0).everything);
    EXPECT_TRUE(first->parts.at(0).grant.covers(std::vector<std::string>{"62001"}));
}

TEST(TileViews, WithoutCommunesWhoSeesAPartSeesEverything) {
    TileViews views;
    const gis::Layer with = numbered_layer(1);
    const gis::Layer without = numbered_layer(1, "");
    const gis::Scope scope = reader_of({1}, over_communes({"62001"}));
    const auto part = views.of({&with}, scope);
    const auto whole = views.of({&without}, scope);
    EXPECT_FALSE(part->parts.at(0).everything);
    EXPECT_TRUE(whole->parts.at(0).everything);
    EXPECT_NE(part->id, whole->id) << "the declaration changed, and what the class decides";
}

TEST(TileViews, PerimetersAreNotForMemory) {
    TileViews views;
    const gis::Layer layer = numbered_layer(1);
    EXPECT_EQ(views.of({&layer}, reader_of({1}, {false, false, {}, "polygon"})), nullptr);
    EXPECT_NE(views.of({&layer}, reader_of({1}, {true, true, {}, "polygon"})), nullptr) << "who sees everything anyway";
}

TEST(TileViews, ALayerKnowsTheViewsThatShowItAndTheirUse) {
    TileViews views;
    const gis::Layer one = numbered_layer(1);
    const gis::Layer two = numbered_layer(2);
    const gis::Scope scope = reader_of({1, 2}, over_everything());
    const auto alone = views.of({&one}, scope);
    const auto both = views.of({&two, &one}, scope);
    EXPECT_EQ(views.showing(1), (Ids{alone->id, both->id}));
    EXPECT_EQ(views.showing(2), Ids{both->id});
    EXPECT_EQ(views.showing(3), Ids{});
    alone->hits += 3;
    both->hits += 4;
    ++both->misses;
    EXPECT_EQ(views.use_of(1).hits, 7U);
    EXPECT_EQ(views.use_of(2).hits, 4U);
    EXPECT_EQ(views.use_of(2).misses, 1U);
    EXPECT_EQ(views.use_of(3).hits, 0U);
}

TEST(TileViews, TooManyAreNotKept) {
    TileViews views;
    const gis::Layer common = numbered_layer(0);
    std::vector<gis::Layer> layers;
    for (int id = 1; id <= static_cast<int>(TileViews::most); ++id) layers.push_back(numbered_layer(id));
    const gis::Scope nobody;
    for (std::size_t i = 0; i < TileViews::most_lists; ++i)
        ASSERT_NE(views.of({&common, &layers[i]}, nobody)->id, 0U) << i;
    EXPECT_EQ(views.of({&common, &layers.back()}, nobody)->id, 0U) << "one list more";
    EXPECT_NE(views.of({&common, &layers.front()}, nobody)->id, 0U) << "known already";
    for (std::size_t i = TileViews::most_lists; i < TileViews::most; ++i)
        ASSERT_NE(views.of({&layers[i]}, nobody)->id, 0U) << i;
    const auto beyond = views.of({&common}, nobody);
    EXPECT_EQ(beyond->id, 0U);
    EXPECT_EQ(beyond->parts.size(), 1U) << "it decides all the same";
    EXPECT_EQ(views.showing(0).size(), TileViews::most_lists);
}

}  // namespace
