#include "gis/read/id_registry.hpp"

#include <gtest/gtest.h>

#include <string>

using gis::read::IdRegistry;

TEST(IdRegistry, CountsEachIdThroughItsGrowth) {
    IdRegistry ids;
    for (int i = 0; i < 10'000; ++i) ASSERT_EQ(ids.meet("62119000AB" + std::to_string(i)), 0U) << i;
    EXPECT_EQ(ids.meet("62119000AB7"), 1U);
    EXPECT_EQ(ids.meet("62119000AB7"), 2U);
    EXPECT_EQ(ids.meet("62119000AB8"), 1U);
}
