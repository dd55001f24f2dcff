// Points that are moved for the sake of the area.

#include "tiles/store/balance.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace {

using tiles::Ring;

tiles::LonePoints lone_of(std::initializer_list<Ring> rings) {
    tiles::LevelShapes shapes;
    for (const Ring& ring : rings) {
        shapes.add_ring(ring, false);
        shapes.end_shape();
    }
    return tiles::LonePoints(shapes);
}

double drawn_area(const std::vector<Ring>& rings) {
    double area = 0;
    for (const Ring& ring : rings) area += static_cast<double>(tiles::area2(ring)) / 2;
    return area;
}

void expect_near(const std::vector<Ring>& moved, const std::vector<Ring>& before) {
    for (std::size_t r = 0; r < before.size(); ++r) {
        ASSERT_EQ(moved[r].size(), before[r].size());
        for (std::size_t i = 0; i < before[r].size(); ++i) {
            const auto dx = std::abs(moved[r][i].x - before[r][i].x);
            const auto dy = std::abs(moved[r][i].y - before[r][i].y);
            EXPECT_LE(dx + dy, 1);
        }
    }
}

/// Twelve points around a square of 30 a side, clockwise on the screen.
const Ring field{{0, 0},   {10, 0},  {20, 0},  {30, 0}, {30, 10}, {30, 20},
                 {30, 30}, {20, 30}, {10, 30}, {0, 30}, {0, 20},  {0, 10}};

TEST(Balance, AFieldGetsTheAreaItLacksOrHasTooMuch) {
    for (const double wanted : {3.0, 10.0, 25.0, -12.0}) {
        std::vector<Ring> rings{field};
        const double gained = tiles::balance(rings, lone_of({field}), wanted);
        EXPECT_NEAR(gained, wanted, 5) << wanted;
        EXPECT_EQ(drawn_area(rings), 900 + gained);
        expect_near(rings, {field});
        EXPECT_TRUE(tiles::is_plain(rings));
    }
}

TEST(Balance, NothingWantedNothingMoved) {
    std::vector<Ring> rings{field};
    EXPECT_EQ(tiles::balance(rings, lone_of({field}), 0), 0);
    EXPECT_EQ(rings.front(), field);
}

TEST(Balance, BordersBetweenNeighboursStay) {
    const Ring neighbour{{30, 0}, {60, 0}, {60, 30}, {30, 30}, {30, 20}, {30, 10}};
    std::vector<Ring> rings{field};
    EXPECT_GT(tiles::balance(rings, lone_of({field, neighbour}), 1000), 0);
    for (const auto shared : {3U, 4U, 5U, 6U}) EXPECT_EQ(rings[0][shared], field[shared]);
    std::vector<Ring> all_shared{field};
    EXPECT_EQ(tiles::balance(all_shared, lone_of({field, field}), 1000), 0);
}

TEST(Balance, AHoleShrinksWhereAreaIsLacking) {
    const Ring hole{{10, 10}, {10, 20}, {20, 20}, {20, 10}};
    std::vector<Ring> rings{field, hole};
    const double gained = tiles::balance(rings, lone_of({hole}), 1000);  // no point of the shell is alone
    EXPECT_GT(gained, 0);
    EXPECT_EQ(rings[0], field);
    EXPECT_EQ(drawn_area(rings), 800 + gained);
}

TEST(Balance, APolygonStaysOne) {
    // Two arms, one unit apart: who moves the points between them makes them touch.
    const Ring arms{{0, 0}, {20, 0}, {20, 40}, {11, 40}, {11, 10}, {10, 10}, {10, 40}, {0, 40}};
    std::vector<Ring> rings{arms};
    EXPECT_GT(tiles::balance(rings, lone_of({arms}), 1000), 0);
    EXPECT_TRUE(tiles::is_plain(rings));
    expect_near(rings, {arms});
    // Touching from the start: left as it is.
    const Ring bow{{0, 0}, {10, 10}, {20, 0}, {20, 20}, {10, 10}, {0, 20}};
    std::vector<Ring> touching{bow};
    EXPECT_EQ(tiles::balance(touching, lone_of({bow}), 1000), 0);
    EXPECT_EQ(touching.front(), bow);
}

}  // namespace
