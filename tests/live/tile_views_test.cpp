#include "server/live/tile_views.hpp"

#include <gtest/gtest.h>

#include <set>

namespace {

using gis::Resolution;
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
    EXPECT_EQ(first->parts.at(0).sight.of_all(), std::nullopt);
    EXPECT_EQ(everybody->parts.at(0).sight.of_all(), Resolution::Exact);
    EXPECT_EQ(first->parts.at(0).sight.of(std::vector<std::string>{"62001"}), Resolution::Exact);
    EXPECT_EQ(first->parts.at(0).sight.of(std::vector<std::string>{"62002"}), Resolution::None);
}

TEST(TileViews, WithoutCommunesWhoSeesAPartSeesEverything) {
    TileViews views;
    const gis::Layer with = numbered_layer(1);
    const gis::Layer without = numbered_layer(1, "");
    const gis::Scope scope = reader_of({1}, over_communes({"62001"}));
    const auto part = views.of({&with}, scope);
    const auto whole = views.of({&without}, scope);
    EXPECT_EQ(part->parts.at(0).sight.of_all(), std::nullopt);
    EXPECT_EQ(whole->parts.at(0).sight.of_all(), Resolution::Exact);
    EXPECT_NE(part->id, whole->id) << "the declaration changed, and what the class decides";
}

TEST(TileViews, PerimetersAreNotForMemory) {
    TileViews views;
    const gis::Layer layer = numbered_layer(1);
    EXPECT_EQ(views.of({&layer}, reader_of({1}, {false, false, {}, "polygon"})), nullptr);
    EXPECT_NE(views.of({&layer}, reader_of({1}, {true, true, {}, "polygon"})), nullptr) << "who sees everything anyway";
}

TEST(TileViews, OfASensitiveLayerARightIsAViewOfItsOwnAndSoIsAnotherDeclaration) {
    TileViews views;
    gis::Layer layer = numbered_layer(1);
    layer.sensitive = true;
    gis::Scope reader = reader_of({1}, over_everything());
    gis::Scope agent = reader;
    agent.add(1).grant(gis::Right::Agents) = over_everything();
    gis::Scope specialist = agent;
    specialist.add(1).grant(gis::Right::Exact) = over_communes({"62001"});
    const auto coarse = views.of({&layer}, reader);
    const auto finer = views.of({&layer}, agent);
    const auto mixed = views.of({&layer}, specialist);
    EXPECT_EQ(coarse->parts.at(0).sight.of_all(), Resolution::Public);
    EXPECT_EQ(finer->parts.at(0).sight.of_all(), Resolution::Agents);
    EXPECT_EQ(mixed->parts.at(0).sight.of_all(), std::nullopt);
    layer.exact_for_agents = true;
    const auto exact = views.of({&layer}, agent);
    EXPECT_EQ(exact->parts.at(0).sight.of_all(), Resolution::Exact);
    layer.exact_for_agents = false;
    layer.hidden_from_agents = true;
    const auto hidden = views.of({&layer}, agent);
    EXPECT_EQ(hidden->parts.at(0).sight.of_all(), Resolution::None);
    EXPECT_EQ((std::set{coarse->id, finer->id, mixed->id, exact->id, hidden->id, 0U}).size(), 6U);
    agent.add(1).grant(gis::Right::Exact).perimeter = "polygon";
    EXPECT_EQ(views.of({&layer}, agent), nullptr) << "it shows some features finer";
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
