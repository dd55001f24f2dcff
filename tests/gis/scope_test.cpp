#include "gis/access/scope.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace {

using gis::Grant;
using gis::Layer;
using gis::Resolution;
using gis::Right;
using gis::Scope;
using Codes = std::vector<std::string>;

Layer with_communes() {
    Layer layer;
    layer.id = 1;
    layer.commune_column = "commune";
    return layer;
}

Layer sensitive() {
    Layer layer = with_communes();
    layer.sensitive = true;
    return layer;
}

Grant everything() {
    return {true, true, {}, ""};
}
Grant over(Codes codes) {
    return {false, true, std::move(codes), ""};
}
Grant inside(std::string perimeter) {
    return {false, false, {}, std::move(perimeter)};
}

Scope scope_of(const std::vector<std::pair<Right, Grant>>& grants) {
    Scope scope;
    for (const auto& [right, grant] : grants) scope.add(1).grant(right) = grant;
    return scope;
}

TEST(Grant, CoversAFeatureOfOneOfItsCommunes) {
    const Grant grant = over({"62001", "62119"});
    EXPECT_TRUE(grant.covers(Codes{"62119"}));
    EXPECT_TRUE(grant.covers(Codes{"59009", "62001"}));
    EXPECT_FALSE(grant.covers(Codes{"62002"}));
    EXPECT_FALSE(grant.covers(Codes{"6200"}));
    EXPECT_FALSE(grant.covers(Codes{}));
    EXPECT_TRUE(everything().covers(Codes{}));
    EXPECT_FALSE(inside("wkb").covers(Codes{"62001"}));
    EXPECT_FALSE(Grant().covers(Codes{"62001"}));
}

TEST(Grant, HoldsWhenAnythingGivesIt) {
    EXPECT_FALSE(Grant().holds());
    EXPECT_TRUE(everything().holds());
    EXPECT_TRUE(over({}).holds()) << "a convention over no commune still shows that the layer is there";
    EXPECT_TRUE(inside("wkb").holds());
}

TEST(Scope, AnUnknownLayerIsNotSeen) {
    const Scope scope;
    EXPECT_FALSE(scope.sees(with_communes()));
    EXPECT_EQ(scope.resolution(with_communes(), Codes{"62001"}), Resolution::None);
    EXPECT_EQ(scope.class_of(with_communes()), "");
}

TEST(Scope, AFeatureWithoutCommuneIsForThoseWhoSeeEverything) {
    EXPECT_EQ(scope_of({{Right::Read, over({"62001"})}}).resolution(with_communes(), {}), Resolution::None);
    EXPECT_EQ(scope_of({{Right::Read, everything()}}).resolution(with_communes(), {}), Resolution::Exact);
}

TEST(Scope, WhereFeaturesHaveNoCommuneAnyConventionIsEnough) {
    Layer layer;
    layer.id = 1;
    EXPECT_EQ(scope_of({{Right::Read, over({})}}).resolution(layer, {}), Resolution::Exact);
    EXPECT_EQ(scope_of({{Right::Read, inside("wkb")}}).resolution(layer, {}), Resolution::None);
    EXPECT_EQ(scope_of({{Right::Read, over({})}}).class_of(layer),
              scope_of({{Right::Read, everything()}}).class_of(layer));
    layer.commune_link = "s.t(a, b)";
    EXPECT_EQ(scope_of({{Right::Read, over({})}}).resolution(layer, Codes{"62001"}), Resolution::None);
}

TEST(Scope, TheMostPreciseRightWins) {
    const Scope scope = scope_of(
        {{Right::Read, everything()}, {Right::Agents, over({"62001", "62002"})}, {Right::Exact, over({"62001"})}});
    EXPECT_EQ(scope.resolution(sensitive(), Codes{"62001"}), Resolution::Exact);
    EXPECT_EQ(scope.resolution(sensitive(), Codes{"62002"}), Resolution::Agents);
    EXPECT_EQ(scope.resolution(sensitive(), Codes{"62001", "62002"}), Resolution::Exact);
    EXPECT_EQ(scope.resolution(sensitive(), Codes{"62003"}), Resolution::Public);
    EXPECT_EQ(scope.resolution(with_communes(), Codes{"62003"}), Resolution::Exact) << "nothing to be made coarse";
}

TEST(Scope, WhatIsHiddenIsNotSeen) {
    Layer layer = sensitive();
    layer.hidden_from_public = true;
    EXPECT_FALSE(scope_of({{Right::Read, everything()}}).sees(layer));
    EXPECT_EQ(scope_of({{Right::Read, everything()}}).resolution(layer, Codes{"62001"}), Resolution::None);
    const Scope agent = scope_of({{Right::Read, everything()}, {Right::Agents, over({"62001"})}});
    EXPECT_TRUE(agent.sees(layer));
    EXPECT_EQ(agent.resolution(layer, Codes{"62001"}), Resolution::Agents);
    EXPECT_EQ(agent.resolution(layer, Codes{"62002"}), Resolution::None);
    layer.hidden_from_agents = true;
    EXPECT_FALSE(agent.sees(layer));
    EXPECT_EQ(agent.resolution(layer, Codes{"62001"}), Resolution::None);
    EXPECT_TRUE(scope_of({{Right::Exact, over({"62001"})}}).sees(layer));
}

TEST(Scope, AgentsMayBeShownWhatIsExact) {
    Layer layer = sensitive();
    layer.exact_for_agents = true;
    const Scope scope = scope_of({{Right::Read, everything()}, {Right::Agents, over({"62001"})}});
    EXPECT_EQ(scope.resolution(layer, Codes{"62001"}), Resolution::Exact);
    EXPECT_EQ(scope.resolution(layer, Codes{"62002"}), Resolution::Public);
    EXPECT_EQ(gis::resolutions_by_right(layer),
              (std::vector{Resolution::Exact, Resolution::Exact, Resolution::Public}));
}

TEST(Sight, PerimetersCountWhereCommunesLeaveSomethingOpen) {
    const auto has_perimeters = [](const Layer& layer, const std::vector<std::pair<Right, Grant>>& grants) {
        return gis::Sight(layer, scope_of(grants).of(layer)).has_perimeters();
    };
    Grant all = everything();
    all.perimeter = "wkb";
    EXPECT_FALSE(has_perimeters(with_communes(), {{Right::Read, all}}));
    EXPECT_TRUE(has_perimeters(with_communes(), {{Right::Read, inside("wkb")}}));
    EXPECT_FALSE(has_perimeters(with_communes(), {{Right::Read, everything()}, {Right::Exact, inside("wkb")}}))
        << "nothing is finer";
    EXPECT_TRUE(has_perimeters(sensitive(), {{Right::Read, everything()}, {Right::Exact, inside("wkb")}}));
    EXPECT_FALSE(has_perimeters(sensitive(), {{Right::Read, inside("wkb")}, {Right::Exact, everything()}}));
}

TEST(Sight, TheOneResolutionOfAllIsThatOfEveryFeature) {
    std::mt19937 random(12);
    const Codes pool{"62001", "62002"};
    int known = 0;
    for (int n = 0; n < 5000; ++n) {
        Layer layer = random() % 2 == 0 ? sensitive() : with_communes();
        if (random() % 4 == 0) layer.commune_column.clear();
        layer.exact_for_agents = random() % 3 == 0;
        layer.hidden_from_public = random() % 3 == 0;
        layer.hidden_from_agents = !layer.exact_for_agents && random() % 3 == 0;
        Scope scope;
        for (const Right right : {Right::Read, Right::Agents, Right::Exact}) {
            Grant& grant = scope.add(1).grant(right);
            grant.everything = random() % 4 == 0;
            for (const std::string& code : pool)
                if (random() % 3 == 0) grant.communes.push_back(code);
            grant.partly = grant.everything || !grant.communes.empty() || random() % 2 == 0;
        }
        const gis::Sight sight(layer, scope.of(layer));
        // Communes of the pool, of others, and none.
        std::set<Resolution> seen;
        for (const Codes& codes : {Codes{}, Codes{"62001"}, Codes{"62002"}, Codes{"62001", "62002"}, Codes{"62003"}})
            seen.insert(sight.of(codes));
        if (!sight.of_all()) continue;
        ++known;
        EXPECT_EQ(seen, std::set{*sight.of_all()});
    }
    EXPECT_GT(known, 1000);
}

TEST(ScopeClass, PerimetersThatHoldSeparatorsDoNotMeet) {
    const auto key = [](const std::string& read, const std::string& agents) {
        return scope_of({{Right::Read, inside(read)}, {Right::Agents, inside(agents)}}).class_of(sensitive());
    };
    EXPECT_NE(key("a|1/b", "c"), key("a", "b|1/c"));
    EXPECT_NE(key("a", ""), key("", "a"));
    EXPECT_NE(scope_of({{Right::Read, over({"62001"})}}).class_of(with_communes()),
              scope_of({{Right::Read, inside("62001,")}}).class_of(with_communes()));
    EXPECT_NE(scope_of({{Right::Read, everything()}}).class_of(with_communes()),
              scope_of({{Right::Read, over({"all"})}}).class_of(with_communes()));
}

// Over random scopes: equal classes decide alike for every feature there can be, and scopes that decide otherwise are
// of other classes.
TEST(ScopeClass, IsEqualWhereDecisionsAre) {
    std::mt19937 random(11);
    const Codes pool{"62001", "62002", "62003"};
    const auto some_grant = [&] {
        Grant grant;
        grant.everything = random() % 4 == 0;
        for (const std::string& code : pool) {
            if (random() % 3 == 0) grant.communes.push_back(code);
        }
        grant.partly = grant.everything || !grant.communes.empty() || random() % 2 == 0;
        return grant;
    };
    const Layer plain;
    for (Layer layer : {with_communes(), sensitive(), plain}) {
        layer.id = 1;
        std::map<std::string, std::vector<Resolution>> decided;
        std::map<std::vector<Resolution>, std::set<std::string>> classes;
        for (int n = 0; n < 5000; ++n) {
            const Scope scope =
                scope_of({{Right::Read, some_grant()}, {Right::Agents, some_grant()}, {Right::Exact, some_grant()}});
            std::vector<Resolution> decisions;
            for (unsigned mask = 0; mask < 8; ++mask) {
                Codes codes;
                for (unsigned i = 0; i < 3; ++i) {
                    if ((mask >> i & 1U) != 0) codes.push_back(pool[i]);
                }
                decisions.push_back(scope.resolution(layer, codes));
            }
            const auto [known, fresh] = decided.emplace(scope.class_of(layer), decisions);
            ASSERT_TRUE(fresh || known->second == decisions) << known->first;
            classes[decisions].insert(known->first);
        }
        if (layer.sensitive) continue;  // what a finer right covers may differ without a difference to see
        for (const auto& [decisions, keys] : classes) EXPECT_EQ(keys.size(), 1U) << *keys.begin();
    }
}

}  // namespace
