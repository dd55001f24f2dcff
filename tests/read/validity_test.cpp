#include "gis/read/validity.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

using namespace gis::read;

namespace {

Shape polygon(const std::vector<std::vector<double>>& rings) {
    Shape shape;
    shape.kind = Shape::Kind::Polygon;
    for (const auto& ring : rings) {
        shape.xy.insert(shape.xy.end(), ring.begin(), ring.end());
        shape.rings.push_back(static_cast<std::uint32_t>(shape.vertex_count()));
    }
    shape.parts.push_back(static_cast<std::uint32_t>(rings.size()));
    return shape;
}

const std::vector<double> square{0, 0, 10, 0, 10, 10, 0, 10, 0, 0};

}  // namespace

TEST(SurelyValid, AcceptsPlainPolygons) {
    EXPECT_TRUE(surely_valid(polygon({square})));
    EXPECT_TRUE(surely_valid(polygon({{0, 0, 1, 0, 0, 1, 0, 0}})));
    EXPECT_TRUE(surely_valid(polygon({square, {2, 2, 4, 2, 4, 4, 2, 4, 2, 2}})));
    // A vertex in the middle of a straight side.
    EXPECT_TRUE(surely_valid(polygon({{0, 0, 5, 0, 10, 0, 10, 10, 0, 10, 0, 0}})));
}

TEST(SurelyValid, LeavesEverythingDoubtfulToGeos) {
    EXPECT_FALSE(surely_valid(polygon({{0, 0, 10, 10, 10, 0, 0, 10, 0, 0}})));        // bow-tie
    EXPECT_FALSE(surely_valid(polygon({{0, 0, 10, 0, 10, 10, 10, 0, 0, 0}})));        // spike
    EXPECT_FALSE(surely_valid(polygon({square, {20, 20, 22, 20, 22, 22, 20, 20}})));  // hole outside
    EXPECT_FALSE(surely_valid(polygon({square, {0, 0, 4, 2, 4, 4, 0, 0}})));          // hole touches the shell
    EXPECT_FALSE(surely_valid(polygon({{0, 0, 10, 0, 10, 10, 5, 0, 0, 10, 0, 0}})));  // ring touches itself
    EXPECT_FALSE(surely_valid(polygon({{0, 0, 10, 0, 0, 0}})));                       // too few vertices
    EXPECT_FALSE(surely_valid(polygon({square, {2, 2, 8, 2, 8, 8, 2, 8, 2, 2}, {3, 3, 4, 3, 4, 4, 3, 3}})));  // nested
}

TEST(SurelyValid, NeverSaysYesWhereGeosSaysNo) {
    std::mt19937 random(20261122);
    Repairer repairer;
    int yes = 0;
    int no = 0;
    for (int i = 0; i < 20'000; ++i) {
        // Stars with jittered angles, on a coarse grid so that touching and overlapping edges happen often.
        std::uniform_int_distribution<int> corners(3, 12);
        std::uniform_real_distribution<double> jitter(-1.2, 1.2);
        std::uniform_int_distribution<int> radius(1, 8);
        const int n = corners(random);
        std::vector<double> ring;
        for (int k = 0; k < n; ++k) {
            const double angle = 2 * std::numbers::pi * (k + jitter(random)) / n;
            const double r = radius(random);
            ring.push_back(700000 + std::round(r * std::cos(angle)));
            ring.push_back(6600000 + std::round(r * std::sin(angle)));
        }
        ring.push_back(ring[0]);
        ring.push_back(ring[1]);
        const Shape shape = polygon({ring});
        if (surely_valid(shape)) {
            ++yes;
            ASSERT_EQ(repairer.why_invalid(shape), "") << "polygon " << i;
        } else {
            no += repairer.why_invalid(shape).empty() ? 0 : 1;
        }
    }
    // Both sides were met often enough to mean something.
    EXPECT_GT(yes, 1'000);
    EXPECT_GT(no, 1'000);
}

TEST(Repairer, KeepsBothLobesOfABowTie) {
    Repairer repairer;
    const Shape bow_tie = polygon({{0, 0, 10, 10, 10, 0, 0, 10, 0, 0}});
    EXPECT_EQ(repairer.why_invalid(bow_tie), "le contour se recoupe");
    const Shape repaired = repairer.repaired(bow_tie);
    EXPECT_EQ(repaired.part_count(), 2U);
    EXPECT_DOUBLE_EQ(area_of(repaired), 50);
    EXPECT_EQ(repairer.why_invalid(repaired), "");
}

TEST(Repairer, NothingIsLeftOfALineOrAPoint) {
    Repairer repairer;
    EXPECT_TRUE(repairer.repaired(polygon({{0, 0, 0, 1, 0, 2, 0, 0}})).empty());
    EXPECT_TRUE(repairer.repaired(polygon({{0, 0, 0, 0, 0, 0, 0, 0}})).empty());
    EXPECT_TRUE(repairer.repaired(polygon({{0, 0, 1, 1, 0, 0}})).empty());
}

TEST(Repairer, ADegenerateHoleIsDropped) {
    Repairer repairer;
    const Shape repaired = repairer.repaired(polygon({square, {2, 2, 4, 4, 2, 2}}));
    EXPECT_DOUBLE_EQ(area_of(repaired), 100);
    EXPECT_EQ(repaired.rings.size(), 1U);
}

TEST(Shape, CanonicalBytesForgetStartDirectionAndOrder) {
    const Shape a = polygon({square, {2, 2, 4, 2, 4, 4, 2, 4, 2, 2}});
    const Shape b = polygon({{10, 10, 10, 0, 0, 0, 0, 10, 10, 10}, {4, 4, 4, 2, 2, 2, 2, 4, 4, 4}});
    EXPECT_EQ(canonical_bytes(a, 100), canonical_bytes(b, 100));
    EXPECT_NE(canonical_bytes(a, 100), canonical_bytes(polygon({square}), 100));
}

TEST(Shape, WkbIsWhatTheTableWants) {
    const Shape one = polygon({square});
    EXPECT_EQ(to_wkb(one, gis::GeometryType::MultiPolygon).substr(0, 9), std::string("\1\6\0\0\0\1\0\0\0", 9));
    EXPECT_EQ(to_wkb(one, gis::GeometryType::Polygon).substr(0, 5), std::string("\1\3\0\0\0", 5));
    EXPECT_TRUE(to_wkb(one, gis::GeometryType::MultiPoint).empty());
    const Shape again = from_wkb(to_wkb(one, gis::GeometryType::MultiPolygon), Shape::Kind::Polygon);
    EXPECT_EQ(again.xy, one.xy);
    EXPECT_TRUE(from_wkb(to_wkb(one, gis::GeometryType::Polygon).substr(0, 40), Shape::Kind::Polygon).empty());
}
