#include "tiles/project/projector.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "gis/crs/transformation.hpp"

namespace {

TEST(Projector, EveryCrsReachesTheSamePlace) {
    // 3 degrees east, 46.5 degrees north is 700000, 6600000 by the definition of Lambert-93.
    const double x = 6378137 * 3 * M_PI / 180;
    const double y = 6378137 * std::asinh(std::tan(46.5 * M_PI / 180));
    const double step = 4294967296.0 / (2 * 20037508.342789244);
    for (const auto& [srid, px, py] : {std::tuple{2154, 700000.0, 6600000.0}, std::tuple{4326, 3.0, 46.5},
                                       std::tuple{3857, x, y}, std::tuple{3946, 1700000.0, 5255551.0}}) {
        double xy[2] = {px, py};
        if (srid == 3946) gis::Transformation(4326, 3946).apply((xy[0] = 3, xy[1] = 46.5, xy), 1);
        tiles::WorldPoint point;
        ASSERT_TRUE(tiles::Projector(srid).to_world(xy, 1, &point));
        EXPECT_NEAR(point.x, (x + 20037508.342789244) * step, 1.01) << srid;
        EXPECT_NEAR(point.y, (20037508.342789244 - y) * step, 1.01) << srid;
    }
}

TEST(Projector, WhatHasNoPlaceIsToldAndWhatIsBeyondTheWorldEndsAtItsEdge) {
    tiles::WorldPoint point;
    double nowhere[2] = {NAN, 1};
    EXPECT_FALSE(tiles::Projector(2154).to_world(nowhere, 1, &point));
    double beyond[2] = {5e7, -5e7};
    EXPECT_TRUE(tiles::Projector(3857).to_world(beyond, 1, &point));
    EXPECT_EQ(point, (tiles::WorldPoint{UINT32_MAX, UINT32_MAX}));
}

}  // namespace
