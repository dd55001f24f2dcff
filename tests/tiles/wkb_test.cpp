#include "tiles/store/wkb.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tiles/store/interior_point.hpp"

namespace {

std::string bytes_of(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    return bytes;
}

TEST(Wkb, PointsInBothByteOrdersWithSridAndHeight) {
    tiles::Shape shape;
    tiles::read_wkb(bytes_of("0101000000000000000000F03F0000000000000040"), shape);
    EXPECT_EQ(shape.kind, tiles::Kind::Point);
    EXPECT_EQ(shape.xy, (std::vector<double>{1, 2}));
    tiles::read_wkb(bytes_of("00000000013FF00000000000004000000000000000"), shape);
    EXPECT_EQ(shape.xy, (std::vector<double>{1, 2}));
    tiles::read_wkb(bytes_of("01010000A06A080000000000000000F03F00000000000000400000000000000840"), shape);
    EXPECT_EQ(shape.xy, (std::vector<double>{1, 2}));
    tiles::read_wkb(bytes_of("01E9030000000000000000F03F00000000000000400000000000000840"), shape);
    EXPECT_EQ(shape.xy, (std::vector<double>{1, 2})) << "ISO numbers";
}

TEST(Wkb, TheHighestDimensionOfACollectionIsKept) {
    // GEOMETRYCOLLECTION(POINT(1 2), LINESTRING(1 2, 3 4))
    tiles::Shape shape;
    tiles::read_wkb(bytes_of("0107000000020000000101000000000000000000F03F00000000000000400102000000020000000000000000"
                             "00F03F000000000000004000000000000008400000000000001040"),
                    shape);
    EXPECT_EQ(shape.kind, tiles::Kind::Line);
    EXPECT_EQ(shape.parts.size(), 1U);
    EXPECT_EQ(shape.xy, (std::vector<double>{1, 2, 3, 4}));
}

TEST(Wkb, BytesThatMakeNoSenseAreRefusedWhereverTheyEnd) {
    const std::string line =
        bytes_of("010200000002000000000000000000F03F000000000000004000000000000008400000000000001040");
    tiles::Shape shape;
    for (std::size_t size = 0; size < line.size(); ++size)
        EXPECT_THROW(tiles::read_wkb(std::string_view(line).substr(0, size), shape), std::invalid_argument) << size;
    EXPECT_THROW(tiles::read_wkb(bytes_of("0102000000FFFFFFFF"), shape), std::invalid_argument)
        << "four thousand millions";
    EXPECT_THROW(tiles::read_wkb(bytes_of("010800000000000000"), shape), std::invalid_argument) << "a curve";
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += bytes_of("010700000001000000");
    EXPECT_THROW(tiles::read_wkb(deep, shape), std::invalid_argument);
}

TEST(InteriorPoint, IsInTheWidestPartAndNotInAHole) {
    tiles::Shape shape;
    shape.kind = tiles::Kind::Polygon;
    shape.xy = {0, 0, 10, 0, 10, 10, 0, 10, 0, 0, 1, 1, 1, 9, 6, 9, 6, 1, 1, 1};
    shape.parts = {{0, 5, false}, {5, 10, true}};
    const auto point = tiles::interior_point(shape);
    ASSERT_TRUE(point);
    EXPECT_DOUBLE_EQ(point->first, 8);
    EXPECT_DOUBLE_EQ(point->second, 5);
    shape.xy = {0, 0, 10, 0, 0, 0, 0, 0};
    shape.parts = {{0, 4, false}};
    EXPECT_FALSE(tiles::interior_point(shape)) << "no area";
}

}  // namespace
