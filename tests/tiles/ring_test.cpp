#include "tiles/encode/ring.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <set>

#include "tiles/encode/repair.hpp"

namespace {

using tiles::Ring;

constexpr tiles::ClipBox box{-64, 4160};

std::int64_t area_of(const std::vector<tiles::TilePolygon>& polygons) {
    std::int64_t sum = 0;
    for (const auto& polygon : polygons) {
        for (std::size_t i = 0; i < polygon.rings.size(); ++i)
            sum += (i == 0 ? 1 : -1) * std::abs(tiles::area2(polygon.rings[i]));
    }
    return sum;
}

TEST(Ring, RepeatedAndStraightPointsAndSpikesAreLeftOut) {
    const Ring given{{0, 0}, {0, 0}, {5, 0}, {10, 0}, {20, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 5}};
    Ring ring;
    {
        tiles::RingMaker maker(ring, given.size());
        for (const tiles::TilePoint p : given) maker.add_dropping_straight(p);
    }
    tiles::close_ring(ring);
    EXPECT_EQ(ring, (Ring{{0, 0}, {10, 0}, {10, 10}, {0, 10}}));
    EXPECT_EQ(tiles::area2(ring), 200) << "clockwise on the screen";
}

TEST(Ring, ClippingKeepsWhatIsInTheBox) {
    Ring around{{-5000, -5000}, {9000, -5000}, {9000, 9000}, {-5000, 9000}};
    tiles::clip_ring(around, box);
    EXPECT_EQ(tiles::area2(around), 2 * 4224 * 4224);
    Ring away{{5000, 0}, {6000, 0}, {6000, 100}};
    tiles::clip_ring(away, box);
    EXPECT_LT(away.size(), 3U);
}

/// How far a point lies from the line through two others.
double distance(const tiles::TilePoint& p, const tiles::TilePoint& a, const tiles::TilePoint& b) {
    const auto dx = static_cast<double>(b.x - a.x);
    const auto dy = static_cast<double>(b.y - a.y);
    return std::abs(dx * static_cast<double>(p.y - a.y) - dy * static_cast<double>(p.x - a.x)) / std::hypot(dx, dy);
}

/// Where the border from `a` to `b` is cut by the box's edge in a ring whose third corner is `c`; nothing near the
/// ring's other edges, whose cuts could be taken for its own.
std::set<std::pair<std::int64_t, std::int64_t>> cuts(const Ring& ring, tiles::TilePoint a, tiles::TilePoint b,
                                                     tiles::TilePoint c) {
    std::set<std::pair<std::int64_t, std::int64_t>> found;
    for (const tiles::TilePoint& p : ring) {
        const bool on_edge = p.x == box.min || p.x == box.max || p.y == box.min || p.y == box.max;
        if (on_edge && distance(p, a, b) <= 1 && distance(p, a, c) > 4 && distance(p, b, c) > 4)
            found.insert({p.x, p.y});
    }
    return found;
}

TEST(Ring, TheSameBorderIsCutAtTheSamePointFromBothSides) {
    std::size_t compared = 0;
    std::mt19937 random(1);
    for (int i = 0; i < 2000; ++i) {
        const auto pick = [&] { return static_cast<std::int64_t>(random() % 9000) - 2500; };
        const tiles::TilePoint a{pick(), pick()};
        const tiles::TilePoint b{pick(), pick()};
        if (a == b) continue;
        const tiles::TilePoint east{a.x + 5000, a.y};
        const tiles::TilePoint west{a.x - 5000, a.y};
        Ring one{a, b, east};
        Ring other{b, a, west};
        tiles::clip_ring(one, box);
        tiles::clip_ring(other, box);
        for (const Ring* ring : {&one, &other})
            for (const tiles::TilePoint& p : *ring) EXPECT_TRUE(box.holds(p));
        const auto here = cuts(one, a, b, east);
        const auto there = cuts(other, a, b, west);
        for (const auto& cut : here) {
            const tiles::TilePoint p{cut.first, cut.second};
            if (distance(p, a, west) <= 4 || distance(p, b, west) <= 4) continue;
            EXPECT_TRUE(there.contains(cut)) << i << ": " << cut.first << ", " << cut.second;
            ++compared;
        }
    }
    EXPECT_GT(compared, 500U);
}

TEST(Ring, LinesAreCutIntoPieces) {
    std::vector<Ring> pieces;
    tiles::clip_line({{-500, 100}, {5000, 100}, {5000, 200}, {-500, 200}}, box, pieces);
    ASSERT_EQ(pieces.size(), 2U);
    EXPECT_EQ(pieces[0], (Ring{{-64, 100}, {4160, 100}}));
    EXPECT_EQ(pieces[1], (Ring{{4160, 200}, {-64, 200}}));
}

TEST(Ring, PlainPolygonsAreToldFromCrossingOnes) {
    EXPECT_TRUE(tiles::is_plain(std::vector<Ring>{{{0, 0}, {10, 0}, {10, 10}, {0, 10}}}));
    EXPECT_TRUE(tiles::is_plain(std::vector<Ring>{{{0, 0}, {10, 0}, {10, 10}, {0, 10}}, {{2, 2}, {2, 4}, {4, 4}}}));
    EXPECT_FALSE(tiles::is_plain(std::vector<Ring>{{{0, 0}, {10, 10}, {10, 0}, {0, 10}}})) << "a bow tie";
    EXPECT_FALSE(tiles::is_plain(std::vector<Ring>{{{0, 0}, {10, 0}, {10, 10}, {0, 10}}, {{5, 5}, {5, 20}, {8, 5}}}))
        << "a hole across the shell";
    EXPECT_FALSE(tiles::is_plain(std::vector<Ring>{{{0, 0}, {10, 0}, {10, 10}, {5, 0}, {0, 10}}}))
        << "a point on an edge";
}

TEST(Repair, EveryPolygonBecomesPlainAndKeepsItsArea) {
    const auto bow = tiles::repaired(std::vector<Ring>{{{0, 0}, {100, 100}, {100, 0}, {0, 100}}}, box);
    EXPECT_EQ(bow.size(), 2U);
    EXPECT_EQ(area_of(bow), 2 * 5000);
    // A comb cut off at its teeth: Sutherland-Hodgman leaves edges along the box between them.
    Ring comb;
    for (int i = 0; i < 10; ++i) {
        for (const int step : {0, 1, 2, 3}) comb.push_back({i * 100 + step / 2 * 50, step % 3 == 0 ? 4200 : 4000});
    }
    comb.push_back({950, 4300});
    comb.push_back({0, 4300});
    Ring clipped = comb;
    tiles::clip_ring(clipped, box);
    EXPECT_FALSE(tiles::is_plain(std::vector<Ring>{clipped}));
    const auto teeth = tiles::repaired(std::vector<Ring>{comb}, box);
    EXPECT_EQ(area_of(teeth), 2 * 10 * 50 * 160);
    for (const auto& tooth : teeth) EXPECT_TRUE(tiles::is_plain(tooth.rings));
    EXPECT_TRUE(tiles::repaired(std::vector<Ring>{{{0, 0}, {1, 0}, {0, 0}}}, box).empty());
}

TEST(Repair, AHoleAcrossTheEdgeOfTheBoxStaysAHole) {
    const std::vector<Ring> rings{{{3000, 0}, {5000, 0}, {5000, 2000}, {3000, 2000}},
                                  {{3500, 500}, {3500, 1500}, {4500, 1500}, {4500, 500}}};
    EXPECT_EQ(area_of(tiles::repaired(rings, box)), 2 * (1160 * 2000 - 660 * 1000));
    // Rounding may put a hole's edge on the shell's.
    const std::vector<Ring> touching{{{0, 0}, {100, 0}, {100, 100}, {0, 100}}, {{0, 20}, {0, 80}, {50, 80}, {50, 20}}};
    EXPECT_EQ(area_of(tiles::repaired(touching, box)), 2 * (10000 - 3000));
}

}  // namespace
