#include "tiles/store/detail.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

namespace {

using tiles::WorldPoint;

/// A ragged border from (0, 0) down, 2^24 wide steps of 2^14 with noise.
std::vector<WorldPoint> border(std::uint32_t x) {
    std::mt19937 random(7);
    std::vector<WorldPoint> line;
    for (std::uint32_t i = 0; i <= 1000; ++i)
        line.push_back({x + static_cast<std::uint32_t>(random() % 200000), 1000000 + i * 20000});
    return line;
}

TEST(Detail, NeighboursKeepTheSamePointsOfTheirBorderAtEveryZoom) {
    const auto shared = border(100'000'000);
    std::vector<WorldPoint> points(shared);
    points.push_back({50'000'000, shared.back().y});
    points.push_back({50'000'000, shared.front().y});
    const auto first_end = static_cast<std::uint32_t>(points.size());
    points.insert(points.end(), shared.rbegin(), shared.rend());  // the neighbour walks it the other way
    points.push_back({150'000'000, shared.front().y});
    points.push_back({150'000'000, shared.back().y});
    const tiles::Stretch rings[] = {{0, first_end, true}, {first_end, static_cast<std::uint32_t>(points.size()), true}};
    const auto zooms = tiles::detail_zooms(points, rings, 14);
    std::size_t before = 0;
    for (int z = 0; z <= 14; ++z) {
        std::set<WorldPoint> one;
        std::set<WorldPoint> other;
        for (std::uint32_t i = 0; i < points.size(); ++i) {
            if (zooms[i] > z) continue;
            if (points[i].x < 90'000'000 || points[i].x > 110'000'000) continue;
            (i < first_end ? one : other).insert(points[i]);
        }
        EXPECT_EQ(one, other) << z;
        EXPECT_GE(one.size(), before);
        before = one.size();
    }
    EXPECT_EQ(before, shared.size()) << "at the full zoom nothing is left out";
    EXPECT_LT(std::count_if(zooms.begin(), zooms.end(), [](auto z) { return z <= 4; }), 100);
}

TEST(Detail, AnIslandIsCutLikeTheHoleAroundIt) {
    std::mt19937 random(3);
    std::vector<WorldPoint> island;
    for (int i = 0; i < 360; ++i) {
        const double r = 5e6 + static_cast<double>(random() % 1000000);
        island.push_back({static_cast<std::uint32_t>(1e8 + r * std::cos(i * M_PI / 180)),
                          static_cast<std::uint32_t>(1e8 + r * std::sin(i * M_PI / 180))});
    }
    std::vector<WorldPoint> points(island);
    std::rotate(island.begin(), island.begin() + 100, island.end());
    points.insert(points.end(), island.rbegin(), island.rend());
    const tiles::Stretch rings[] = {{0, 360, true}, {360, 720, true}};
    const auto zooms = tiles::detail_zooms(points, rings, 14);
    for (std::uint32_t i = 0; i < 360; ++i) {
        const auto twin = std::find(points.begin() + 360, points.end(), points[i]) - points.begin();
        EXPECT_EQ(zooms[i], zooms[static_cast<std::size_t>(twin)]) << i;
    }
}

}  // namespace
