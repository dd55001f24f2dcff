#include "tiles/store/level.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace {

using tiles::Kind;
using tiles::WorldBox;
using tiles::WorldPoint;

constexpr int zoom = 10;
constexpr double unit = 1 << (tiles::deepest_world_zoom - zoom);

/// Polygons one after the other, as a packed layer holds them.
struct Polygons {
    tiles::PackedShapes shapes;
    std::vector<Kind> kinds;
    std::vector<WorldBox> boxes;

    void add(const std::vector<WorldPoint>& ring) {
        auto& points = shapes.writable_points();
        points.insert(points.end(), ring.begin(), ring.end());
        shapes.end_ring_at(points.size(), false);
        shapes.end_shape();
        kinds.push_back(Kind::Polygon);
        boxes.push_back(tiles::box_of(ring));
    }
};

WorldPoint at(double x, double y) {
    return {static_cast<std::uint32_t>(1e9 + x * unit), static_cast<std::uint32_t>(1e9 + y * unit)};
}

/// A winding road along x, `width` units wide, `steps` units long, its sides parallel.
std::vector<WorldPoint> road(double width, int steps) {
    std::vector<WorldPoint> ring;
    const auto bend = [](int x) { return 20 * std::sin(x / 37.0) + 2 * std::sin(x / 3.0); };
    for (int x = 0; x <= steps; ++x) ring.push_back(at(x, bend(x)));
    for (int x = steps; x >= 0; --x) ring.push_back(at(x, bend(x) + width));
    return ring;
}

/// In square units, holes taken away.
double shape_area(const tiles::LevelShapes& shapes, std::uint32_t shape) {
    double sum = 0;
    for (std::uint32_t r = shapes.first_ring(shape); r < shapes.end_ring(shape); ++r) {
        tiles::Ring ring;
        shapes.each_point(r, [&](tiles::TilePoint point) { ring.push_back(point); });
        sum += std::abs(static_cast<double>(tiles::area2(ring))) / 2 * (shapes.is_hole(r) ? -1 : 1);
    }
    return sum;
}

TEST(LevelShapes, GiveBackWhatTheyWereGiven) {
    const tiles::Ring shell{{0, 0}, {33554432, 1}, {33554431, 33554432}, {5, 70}};
    const tiles::Ring hole{{7, 9}, {8, 300}, {900, 9}};
    const tiles::Ring line{{4, 4}};
    tiles::LevelShapes shapes;
    shapes.add_ring(shell, false);
    shapes.add_ring(hole, true);
    shapes.end_shape();
    shapes.add_ring(line, false);
    shapes.end_shape();
    const auto ring = [&](std::uint32_t number) {
        tiles::Ring points;
        shapes.each_point(number, [&](tiles::TilePoint point) { points.push_back(point); });
        EXPECT_LE(points.size(), shapes.most_points(number));
        return points;
    };
    ASSERT_EQ(shapes.size(), 2U);
    EXPECT_EQ(shapes.end_ring(0), shapes.first_ring(1));
    EXPECT_EQ(ring(0), shell);
    EXPECT_EQ(ring(1), hole);
    EXPECT_EQ(ring(2), line);
    EXPECT_FALSE(shapes.is_hole(0));
    EXPECT_TRUE(shapes.is_hole(1));
    EXPECT_FALSE(shapes.is_hole(2));
    EXPECT_EQ(shapes.point_count(), 8U);
}

TEST(Level, ARoadOfThreeUnitsKeepsItsAreaWithAFewOfItsPoints) {
    Polygons layer;
    layer.add(road(3, 2000));
    tiles::LevelMaker maker(layer.shapes, layer.kinds, layer.boxes, 14);
    const tiles::Level level = maker.level(zoom);
    ASSERT_TRUE(level.has(0));
    EXPECT_NEAR(shape_area(level.shapes(), 0), 6000, 300);
    EXPECT_LT(level.shapes().point_count(), layer.shapes.points().size() / 2);
    EXPECT_NEAR(shape_area(level.shapes(), 0) + level.lost_area(0) / unit / unit, 6000, 20);
}

TEST(Level, WhatIsBelowAPixelOrThinnerThanAUnitHasNoShape) {
    Polygons layer;
    layer.add({at(0, 0), at(7, 0), at(7, 7), at(0, 7)});
    layer.add(road(0.4, 500));
    layer.add({at(0, 0), at(9, 0), at(9, 9), at(0, 9)});
    tiles::LevelMaker maker(layer.shapes, layer.kinds, layer.boxes, 14);
    const tiles::Level level = maker.level(zoom);
    EXPECT_FALSE(level.has(0));
    EXPECT_FALSE(level.has(1));
    ASSERT_TRUE(level.has(2));
    EXPECT_EQ(level.place(2), 0U);
    EXPECT_EQ(shape_area(level.shapes(), 0), 81);
    EXPECT_NEAR(maker.areas()[1] / unit / unit, 200, 2);
}

TEST(Level, PlacesCountTheShapesBefore) {
    Polygons layer;
    for (int i = 0; i < 200; ++i) {
        const double side = i % 3 == 0 ? 4 : 20;
        layer.add({at(30.0 * i, 0), at(30.0 * i + side, 0), at(30.0 * i + side, side), at(30.0 * i, side)});
    }
    tiles::LevelMaker maker(layer.shapes, layer.kinds, layer.boxes, 14);
    const tiles::Level level = maker.level(zoom);
    std::uint32_t place = 0;
    for (std::uint32_t i = 0; i < 200; ++i) {
        ASSERT_EQ(level.has(i), i % 3 != 0) << i;
        if (!level.has(i)) continue;
        EXPECT_EQ(level.place(i), place++) << i;
    }
    EXPECT_EQ(level.shapes().size(), place);
}

}  // namespace
